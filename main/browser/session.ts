/** Who may talk to the loopback server: a token that works once, then a cookie; and the headers a browser cannot forge. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export interface Session {
  /** Goes into the address; good for one visit. */
  readonly token: string;
  /** Value of the Set-Cookie header where the token is right and unused, else undefined. */
  redeem(token: string): string | undefined;
  holdsCookie(headers: IncomingHttpHeaders): boolean;
}

/** @param port names the cookie: cookies are shared between the ports of a host. */
export function createSession(port: number): Session {
  const token = randomBytes(24).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  const cookieName = `epochbook-${port}`;
  let used = false;
  return {
    token,
    redeem(given) {
      if (used || !equal(given, token)) return undefined;
      used = true;
      return `${cookieName}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000`;
    },
    holdsCookie(headers) {
      return (headers.cookie ?? '').split(';').some((part) => {
        const [name, value] = part.trim().split('=');
        return name === cookieName && value !== undefined && equal(value, secret);
      });
    },
  };
}

/**
 * True where Host names this machine's loopback. A page elsewhere that points its own name at 127.0.0.1 fails here.
 * Any port will do: it differs where the port is forwarded from another machine.
 */
export function hasLoopbackHost(headers: IncomingHttpHeaders): boolean {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return loopbackNames.includes(name);
}

/** True where Origin is the very host that is asked; `required` for requests that every browser sends it with. */
export function hasOwnOrigin(headers: IncomingHttpHeaders, required: boolean): boolean {
  if (headers.origin === undefined) return !required;
  return headers.origin === `http://${headers.host ?? ''}`;
}
