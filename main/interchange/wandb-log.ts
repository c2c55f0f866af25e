/**
 * W&B's own log of a run, `run-ID.wandb`: records in the framing of LevelDB's log (blocks of 32 KiB; wandb's
 * sdk/internal/datastore.py and github.com/google/leveldb/blob/main/doc/log_format.md), each a message `Record`
 * (wandb/proto/wandb_internal.proto).
 */
import { promises as disk } from 'node:fs';
import { crc32 } from '#contract/crc.ts';
import { MalformedMessage, MessageReader } from './protobuf.ts';
import type { RecordsRead } from './records.ts';

const blockBytes = 32_768;
const headBytes = 7;
/** Read at once. */
const blocks = 128;
const mark = Buffer.from(':W&B');

/** A record is whole, or comes as its first part, middle ones and the last. */
const kinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Whether these are the first bytes of such a log. */
export const isWandbLog = (bytes: Buffer): boolean => bytes.subarray(0, mark.length).equals(mark);

/**
 * Hands on every record up to the first damaged one. `record` is only valid during the call. `pulse` is called every few
 * megabytes; what it throws ends the reading.
 */
export async function readWandbLog(
  file: string,
  onRecord: (record: Buffer) => void,
  pulse: () => void = () => undefined,
): Promise<RecordsRead> {
  const handle = await disk.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const held = Buffer.allocUnsafe(blocks * blockBytes);
    const parts: Buffer[] = [];
    let records = 0;
    for (let from = 0; from < size; from += held.length) {
      pulse();
      const { bytesRead } = await handle.read(held, 0, held.length, from);
      let at = 0;
      if (from === 0) {
        if (!isWandbLog(held.subarray(0, bytesRead))) throw new MalformedMessage();
        at = headBytes;
      }
      while (at < bytesRead) {
        const offset = from + at;
        const left = blockBytes - (offset % blockBytes);
        if (left < headBytes) {
          at += left;
          continue;
        }
        if (at + headBytes > bytesRead) return { records, problem: { kind: 'cut', offset } };
        const length = held.readUInt16LE(at + 4);
        const kind = held[at + 6];
        const end = at + headBytes + length;
        if (length > left - headBytes) return { records, problem: { kind: 'checksum', offset } };
        if (end > bytesRead) return { records, problem: { kind: 'cut', offset } };
        // The checksum is of the kind and the data, which lie side by side.
        if (held.readUInt32LE(at) !== crc32(held, at + 6, end)) return { records, problem: { kind: 'checksum', offset } };
        const data = held.subarray(at + headBytes, end);
        at = end;
        if (kind === kinds.full) onRecord(data);
        else {
          if (kind === kinds.first) parts.length = 0;
          // A part may lie in what is read over.
          parts.push(Buffer.from(data));
          if (kind !== kinds.last) continue;
          onRecord(Buffer.concat(parts));
        }
        records++;
      }
    }
    return { records };
  } finally {
    await handle.close();
  }
}

/** A key, of which each part lies in the one before, and the value as JSON. */
export interface WandbItem {
  readonly key: readonly string[];
  readonly json: string;
}

export interface WandbListener {
  onRun(run: {
    id: string;
    project: string;
    name: string;
    notes: string;
    tags: readonly string[];
    startedAt: number;
    config: readonly WandbItem[];
  }): void;
  onConfig(items: readonly WandbItem[]): void;
  onHistory(items: readonly WandbItem[], step: number | undefined): void;
  onSummary(items: readonly WandbItem[]): void;
  onExit(code: number): void;
}

/** Goes over a message's fields; `read` must take the field's bytes, or `skip` it. */
function fields(reader: MessageReader, end: number, read: (field: number) => void): void {
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) read(field);
}

function readItem(reader: MessageReader, end: number): WandbItem {
  const key: string[] = [];
  let json = 'null';
  fields(reader, end, (field) => {
    if (field === 1 || field === 2) key.push(reader.text(end));
    else if (field === 16) json = reader.text(end);
    else reader.skip(end);
  });
  return { key, json };
}

/** ConfigRecord and SummaryRecord: `update` is field 1. */
function readUpdates(reader: MessageReader, end: number): WandbItem[] {
  const items: WandbItem[] = [];
  fields(reader, end, (field) => {
    if (field === 1) items.push(readItem(reader, reader.end(end)));
    else reader.skip(end);
  });
  return items;
}

/** google.protobuf.Timestamp, in milliseconds. */
function readTime(reader: MessageReader, end: number): number {
  let milliseconds = 0;
  fields(reader, end, (field) => {
    if (field === 1) milliseconds += reader.varint() * 1000;
    else if (field === 2) milliseconds += reader.varint() / 1e6;
    else reader.skip(end);
  });
  return milliseconds;
}

function readRun(reader: MessageReader, end: number, listener: WandbListener): void {
  const texts: Record<number, string> = {};
  const tags: string[] = [];
  let config: WandbItem[] = [];
  let startedAt = Number.NaN;
  fields(reader, end, (field) => {
    if (field === 4) config = readUpdates(reader, reader.end(end));
    else if (field === 10) tags.push(reader.text(end));
    else if (field === 17) startedAt = readTime(reader, reader.end(end));
    else if (field === 1 || field === 3 || field === 8 || field === 9) texts[field] = reader.text(end);
    else reader.skip(end);
  });
  const { 1: id = '', 3: project = '', 8: name = '', 9: notes = '' } = texts;
  listener.onRun({ id, project, name, notes, tags, startedAt, config });
}

function readHistory(reader: MessageReader, end: number, listener: WandbListener): void {
  const items: WandbItem[] = [];
  let step: number | undefined;
  fields(reader, end, (field) => {
    if (field === 1) items.push(readItem(reader, reader.end(end)));
    else if (field === 2) {
      const stepEnd = reader.end(end);
      // The first step, 0, is left out of its message.
      step = 0;
      fields(reader, stepEnd, (inner) => {
        if (inner === 1) step = reader.varint();
        else reader.skip(stepEnd);
      });
    } else reader.skip(end);
  });
  listener.onHistory(items, step);
}

function readExit(reader: MessageReader, end: number, listener: WandbListener): void {
  let code = 0;
  fields(reader, end, (field) => {
    if (field === 1) code = reader.varint();
    else reader.skip(end);
  });
  listener.onExit(code);
}

/** Tells the listener what one `Record` says of a run; other kinds, such as console output, are passed over. */
export function readWandbRecord(record: Buffer, listener: WandbListener): void {
  const reader = new MessageReader(record, 0);
  const limit = record.length;
  fields(reader, limit, (field) => {
    if (field === 2) readHistory(reader, reader.end(limit), listener);
    else if (field === 3) listener.onSummary(readUpdates(reader, reader.end(limit)));
    else if (field === 5) listener.onConfig(readUpdates(reader, reader.end(limit)));
    else if (field === 17) readRun(reader, reader.end(limit), listener);
    else if (field === 18) readExit(reader, reader.end(limit), listener);
    else reader.skip(limit);
  });
}
