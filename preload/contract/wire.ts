/**
 * The browser shell's wire: one WebSocket a tab, at `wirePath` of the page's own origin (`ws://${location.host}/wire`),
 * let in by the session cookie. Every message is a text frame made by `toWire` and read by `fromWire`.
 *
 * - The page asks with a `WireRequest`; its `id` is a number of its choosing, not in use by a question still open.
 * - Each question gets one `WireAnswer` with its id. Answers come in the order they are ready, not the order asked.
 * - A `WireEvent` comes at any time, to every connected tab. A tab that falls far behind misses `training.progressed`
 *   events and no others.
 * - A frame that is not such a message ends the connection with code 1007. After a lost connection the page connects
 *   again and asks for everything anew; a 403 on connecting means that the server was restarted and the session is over.
 *
 * The encoding is JSON with what JSON lacks: NaN, the infinities and byte arrays. Electron clones these itself.
 */
import type { Reply } from './calls.ts';
import type { CallName, EventName } from './names.ts';

export const wirePath = '/wire';

export interface WireRequest {
  readonly id: number;
  readonly name: CallName;
  readonly request: unknown;
}

export interface WireAnswer {
  readonly id: number;
  readonly reply: Reply<unknown>;
}

export interface WireEvent {
  readonly event: EventName;
  readonly payload: unknown;
}

type Tagged = { $number: string } | { $bytes: string };

function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}

export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) } satisfies Tagged;
    if (item instanceof Uint8Array) return { $bytes: encodeBytes(item) } satisfies Tagged;
    return item;
  });
}

export function fromWire(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null) return item;
    if ('$number' in item && typeof item.$number === 'string') return Number(item.$number);
    if ('$bytes' in item && typeof item.$bytes === 'string') return Uint8Array.from(atob(item.$bytes), (c) => c.charCodeAt(0));
    return item;
  });
}
