/**
 * Unpacks an LZ4 frame, as Arrow files hold them.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
 */
const magic = 0x184d2204;
const start = 64 * 1024;

const damaged = () => new Error('damaged LZ4 frame');

/** Bytes that grow as they are written, up to `most`. */
class Output {
  bytes = new Uint8Array(start);
  length = 0;
  private readonly most: number;
  constructor(most: number) {
    this.most = most;
  }

  room(more: number): void {
    const wanted = this.length + more;
    if (wanted > this.most) throw new Error('too large');
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, Math.min(this.most, this.bytes.length * 2)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

function unpackBlock(block: Uint8Array, output: Output): void {
  let next = 0;
  const long = (first: number): number => {
    let length = first;
    if (first < 15) return length;
    for (;;) {
      if (next >= block.length) throw damaged();
      const more = block[next++];
      length += more;
      if (more < 255) return length;
    }
  };
  while (next < block.length) {
    const token = block[next++];
    const literals = long(token >> 4);
    if (next + literals > block.length) throw damaged();
    output.room(literals);
    output.bytes.set(block.subarray(next, next + literals), output.length);
    output.length += literals;
    next += literals;
    if (next === block.length) return;
    if (next + 2 > block.length) throw damaged();
    const back = block[next] | (block[next + 1] << 8);
    next += 2;
    const length = long(token & 15) + 4;
    if (back === 0 || back > output.length) throw damaged();
    output.room(length);
    // Byte by byte: a match may reach into what it writes.
    for (let index = 0; index < length; index += 1, output.length += 1) output.bytes[output.length] = output.bytes[output.length - back];
  }
}

/** Throws where the frame is damaged or holds more than `most` bytes. */
export function unpackLz4(frame: Uint8Array, most: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 7 || view.getUint32(0, true) !== magic) throw damaged();
  const flags = frame[4];
  const [hasSum, hasSize, hasDictionary] = [(flags & 16) !== 0, (flags & 8) !== 0, (flags & 1) !== 0];
  let next = 6 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1;
  const output = new Output(most);
  while (next + 4 <= frame.length) {
    const head = view.getUint32(next, true);
    next += 4;
    if (head === 0) return output.bytes.subarray(0, output.length);
    const size = head & 0x7fffffff;
    if (next + size > frame.length) throw damaged();
    const block = frame.subarray(next, next + size);
    if (head >>> 31) {
      output.room(size);
      output.bytes.set(block, output.length);
      output.length += size;
    } else unpackBlock(block, output);
    next += size + (hasSum ? 4 : 0);
  }
  throw damaged();
}
