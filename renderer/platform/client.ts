/** The one way from the screen to the core: typed calls and events, over whichever bridge the shell gives. */
import type { Reply, Request, Response } from '#contract/calls.ts';
import type { Payload } from '#contract/events.ts';
import type { Bridge, CallName, EventName } from '#contract/names.ts';
import { CallError } from './call-error.ts';
import { useConnectionStore } from './connection-store.ts';
import { createSocketBridge, pageSocketUrl } from './socket-bridge.ts';

declare global {
  interface Window {
    /** Set by the desktop shell's preload script. */
    readonly epochbook?: Bridge;
  }
}

let bridge: Bridge | undefined;

function theBridge(): Bridge {
  bridge ??= window.epochbook ? desktopBridge(window.epochbook) : browserBridge();
  return bridge;
}

function desktopBridge(given: Bridge): Bridge {
  useConnectionStore.setState({ connection: 'connected' });
  return given;
}

function browserBridge(): Bridge {
  return createSocketBridge({
    url: pageSocketUrl(),
    onConnection: (connection) => useConnectionStore.setState({ connection }),
    async mayReturn() {
      try {
        const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' });
        return answer.status !== 403;
      } catch {
        return true;
      }
    },
  });
}

/** Resolves to the call's value; rejects with a CallError. */
export async function call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>> {
  const reply = (await theBridge().call(name, request)) as Reply<Response<K>>;
  if (reply.ok) return reply.value;
  throw new CallError(reply.error);
}

/** Returns a function that ends the subscription. */
export function on<E extends EventName>(event: E, listener: (payload: Payload<E>) => void): () => void {
  return theBridge().listen((name, payload) => {
    if (name === event) listener(payload as Payload<E>);
  });
}

/** Puts another bridge in place, for tests of what stands on this module. */
export function setBridge(other: Bridge): void {
  bridge = other;
  useConnectionStore.setState({ connection: 'connected' });
}
