/** Protocol buffers' wire format, as much of it as event files need. https://protobuf.dev/programming-guides/encoding */

/** The bytes are not a message. */
export class MalformedMessage extends Error {}

/** Goes over the fields of a message within `bytes`. */
export class MessageReader {
  readonly bytes: Buffer;
  at: number;
  /** Of the field that `next` found: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  wire = 0;

  constructor(bytes: Buffer, start: number) {
    this.bytes = bytes;
    this.at = start;
  }

  /** The number of the field that begins here, or 0 at `end`. */
  next(end: number): number {
    if (this.at >= end) {
      if (this.at > end) throw new MalformedMessage();
      return 0;
    }
    const key = this.varint();
    this.wire = key & 7;
    return Math.floor(key / 8);
  }

  /** Exact up to 2⁵³; a negative int64 comes as itself. */
  varint(): number {
    const { bytes } = this;
    let value = 0;
    let scale = 1;
    const start = this.at;
    for (;;) {
      if (this.at >= bytes.length || this.at - start >= 10) throw new MalformedMessage();
      const byte = bytes[this.at++];
      if (this.at - start === 10) return this.#negative(start);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  #negative(start: number): number {
    let value = 0n;
    for (let index = 0; index < 10; index++) value |= BigInt(this.bytes[start + index] & 0x7f) << BigInt(7 * index);
    return Number(BigInt.asIntN(64, value));
  }

  double(): number {
    this.at += 8;
    return this.bytes.readDoubleLE(this.at - 8);
  }

  float(): number {
    this.at += 4;
    return this.bytes.readFloatLE(this.at - 4);
  }

  /** Where the bytes of a field with a length end; they begin at `at`. */
  end(limit: number): number {
    const length = this.varint();
    if (this.at + length > limit) throw new MalformedMessage();
    return this.at + length;
  }

  text(limit: number): string {
    const end = this.end(limit);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  skip(limit: number): void {
    if (this.wire === 0) this.varint();
    else if (this.wire === 1) this.at += 8;
    else if (this.wire === 2) this.at = this.end(limit);
    else if (this.wire === 5) this.at += 4;
    else throw new MalformedMessage();
  }
}

/** Builds a message field by field. */
export class MessageWriter {
  #bytes = Buffer.allocUnsafe(256);
  length = 0;

  /** A view of what was written; valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): this {
    this.length = 0;
    return this;
  }

  #room(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.length + more));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }

  #varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.length++] = rest;
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  integer(field: number, value: number): this {
    this.#key(field, 0);
    if (value >= 0) this.#varint(value);
    else {
      this.#room(10);
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest >= 128n; rest >>= 7n) this.#bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      this.#bytes[this.length++] = Number(rest);
    }
    return this;
  }

  double(field: number, value: number): this {
    this.#key(field, 1);
    this.#room(8);
    this.length = this.#bytes.writeDoubleLE(value, this.length);
    return this;
  }

  data(field: number, data: Uint8Array): this {
    this.#key(field, 2);
    this.#varint(data.length);
    this.#room(data.length);
    this.#bytes.set(data, this.length);
    this.length += data.length;
    return this;
  }

  text(field: number, text: string): this {
    return this.data(field, Buffer.from(text, 'utf8'));
  }
}
