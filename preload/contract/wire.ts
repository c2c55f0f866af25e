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
  // Node's own is many times as fast.
  const { Buffer: NodeBuffer } = globalThis as { Buffer?: { from: (...of: unknown[]) => { toString: (encoding: string) => string } } };
  if (NodeBuffer) return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let text = '';
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
}

function decodeBytes(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) } satisfies Tagged;
    if (item instanceof Uint8Array) return { $bytes: encodeBytes(item) } satisfies Tagged;
    return item;
  });
}

function decoded(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if (Array.isArray(item)) {
    for (let index = 0; index < item.length; index++) {
      const element: unknown = item[index];
      if (typeof element === 'object' && element !== null) item[index] = decoded(element);
    }
    return item;
  }
  if ('$number' in item && typeof item.$number === 'string') return Number(item.$number);
  if ('$bytes' in item && typeof item.$bytes === 'string') return decodeBytes(item.$bytes);
  const record = item as Record<string, unknown>;
  for (const key in record) {
    const value = record[key];
    if (typeof value === 'object' && value !== null) record[key] = decoded(value);
  }
  return item;
}

/** A reviver would be called for every value: of 10,000 runs that is felt. Most messages hold nothing to decode. */
export function fromWire(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return text.includes('"$number"') || text.includes('"$bytes"') ? decoded(parsed) : parsed;
}
