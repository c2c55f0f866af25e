/** JSON with what JSON lacks: NaN, the infinities and byte arrays. For the WebSocket; Electron clones these itself. */

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
