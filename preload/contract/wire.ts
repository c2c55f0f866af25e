/**
 * The browser shell's wire: one WebSocket a tab, at `wirePath` of the page's own origin (`ws://${location.host}/wire`),
 * let in by the session cookie. Every message is a frame made by `toFrame` and read by `fromFrame`.
 *
 * - The page asks with a `WireRequest`; its `id` is a number of its choosing, not in use by a question still open.
 * - Each question gets one `WireAnswer` with its id. Answers come in the order they are ready, not the order asked.
 * - A `WireEvent` comes at any time, to every connected tab. A tab that falls far behind misses `training.progressed`
 *   events and no others.
 * - A frame that is not such a message ends the connection with code 1007. After a lost connection the page connects
 *   again and asks for everything anew; a 403 on connecting means that the server was restarted and the session is over.
 *
 * The encoding is JSON with what JSON lacks: NaN, the infinities and byte arrays. A frame is text; with byte arrays it is
 * binary, and these follow the JSON as they are: curves and tables are numbers by the hundred thousand. Electron clones
 * all this itself.
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

type Tagged = { $number: string } | { $bytes: readonly [offset: number, length: number] };

const tagged = (item: unknown): unknown =>
  typeof item === 'number' && !Number.isFinite(item) ? ({ $number: String(item) } satisfies Tagged) : item;

/** As text, for what holds no byte arrays. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => tagged(item));
}

/** Numbers begin where a view on them may. */
const aligned = (length: number): number => Math.ceil(length / 8) * 8;
const headBytes = 8;

/** A text, or, where there are byte arrays in it: the JSON's length in bytes, the JSON, and the arrays, each at a multiple of 8. */
export function toFrame(value: unknown): string | Uint8Array<ArrayBuffer> {
  const parts: { readonly bytes: Uint8Array; readonly at: number }[] = [];
  // What several name is sent once: curves of one length have the same x.
  const known = new Map<ArrayBufferLike, typeof parts>();
  let length = 0;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (!(item instanceof Uint8Array)) return tagged(item);
    const { buffer, byteOffset, byteLength } = item;
    const same = known.get(buffer)?.find(({ bytes }) => bytes.byteOffset === byteOffset && bytes.byteLength === byteLength);
    if (same) return { $bytes: [same.at, byteLength] } satisfies Tagged;
    const part = { bytes: item, at: length };
    parts.push(part);
    known.set(buffer, [...(known.get(buffer) ?? []), part]);
    length += aligned(byteLength);
    return { $bytes: [part.at, byteLength] } satisfies Tagged;
  });
  if (parts.length === 0) return text;
  const json = new TextEncoder().encode(text);
  const start = headBytes + aligned(json.byteLength);
  const frame = new Uint8Array(start + length);
  new DataView(frame.buffer).setUint32(0, json.byteLength, true);
  frame.set(json, headBytes);
  for (const { bytes, at } of parts) frame.set(bytes, start + at);
  return frame;
}

function decoded(item: unknown, bytesAt?: (offset: number, length: number) => Uint8Array): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if (Array.isArray(item)) {
    for (let index = 0; index < item.length; index++) {
      const element: unknown = item[index];
      if (typeof element === 'object' && element !== null) item[index] = decoded(element, bytesAt);
    }
    return item;
  }
  if ('$number' in item && typeof item.$number === 'string') return Number(item.$number);
  if (bytesAt && '$bytes' in item && Array.isArray(item.$bytes)) return bytesAt(Number(item.$bytes[0]), Number(item.$bytes[1]));
  const record = item as Record<string, unknown>;
  for (const key in record) {
    const value = record[key];
    if (typeof value === 'object' && value !== null) record[key] = decoded(value, bytesAt);
  }
  return item;
}

/** A reviver would be called for every value: of 10,000 runs that is felt. Most messages hold nothing to decode. */
export function fromWire(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return text.includes('"$number"') ? decoded(parsed) : parsed;
}

/** Byte arrays are views on the frame. Throws where it is none. */
export function fromFrame(frame: string | ArrayBuffer): unknown {
  if (typeof frame === 'string') return fromWire(frame);
  const jsonLength = new DataView(frame).getUint32(0, true);
  const start = headBytes + aligned(jsonLength);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(frame, headBytes, jsonLength));
  return decoded(JSON.parse(text), (offset, length) => new Uint8Array(frame, start + offset, length));
}
