/** Texts in GBK, which nothing here writes otherwise: the signs of its two-byte codes, turned round. */
let codes: Map<string, number> | undefined;

export function gbk(text: string): Buffer {
  if (!codes) {
    codes = new Map();
    const decoder = new TextDecoder('gbk');
    for (let lead = 0x81; lead <= 0xfe; lead += 1)
      for (let trail = 0x40; trail <= 0xfe; trail += 1) {
        const sign = decoder.decode(Uint8Array.of(lead, trail));
        if (sign.length === 1 && !codes.has(sign)) codes.set(sign, (lead << 8) | trail);
      }
  }
  const bytes: number[] = [];
  for (const sign of text) {
    const code = sign < '\u0080' ? sign.charCodeAt(0) : codes.get(sign);
    if (code === undefined) throw new Error(`GBK has no ${sign}`);
    if (code > 0xff) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  return Buffer.from(bytes);
}
