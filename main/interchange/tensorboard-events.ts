/**
 * TensorBoard's events as protocol buffers: `Event`, `Summary`, `TensorProto` (tensorflow/core/framework/summary.proto,
 * tensorflow/core/util/event.proto), and the hparams plugin's record of a run's settings (plugins/hparams/plugin_data.proto).
 */
import type { KnobValue } from '#contract/spec.ts';
import { MessageReader, MessageWriter } from './protobuf.ts';

/** Named as the writer in the files that we write. */
export const writerMark = 'epochbook';
const scalarsPlugin = 'scalars';
const hparamsPlugin = 'hparams';
const hparamsTag = '_hparams_/session_start_info';

const doubleType = 2;
/** TensorProto's fields of values, by the tensor's type, for the types that a scalar has. */
const valueFields: Readonly<Record<number, { field: number; read: (reader: MessageReader) => number }>> = {
  1: { field: 5, read: (reader) => reader.float() },
  [doubleType]: { field: 6, read: (reader) => reader.double() },
  3: { field: 7, read: (reader) => reader.varint() },
  9: { field: 10, read: (reader) => reader.varint() },
};

export interface EventsListener {
  onScalar(tag: string, step: number, timeMs: number, value: number): void;
  onParams(params: Record<string, KnobValue>): void;
  onStart(timeMs: number): void;
  onWriter(name: string): void;
}

/** The tensor's one value, or undefined where it is no scalar. Leaves the reader at `end`. */
function readTensor(reader: MessageReader, end: number): number | undefined {
  let type = 0;
  let isScalar = true;
  let value: number | undefined;
  let contentAt = -1;
  let contentBytes = 0;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    const known = valueFields[type];
    if (field === 1) type = reader.varint();
    else if (field === 2) {
      const shapeEnd = reader.end(end);
      // Any dimension makes it a list, also one of size 1.
      if (shapeEnd > reader.at) isScalar = false;
      reader.at = shapeEnd;
    } else if (field === 4) {
      const contentEnd = reader.end(end);
      contentAt = reader.at;
      contentBytes = contentEnd - reader.at;
      reader.at = contentEnd;
    } else if (known?.field === field) {
      if (reader.wire === 2) {
        const listEnd = reader.end(end);
        if (reader.at < listEnd) value = known.read(reader);
        if (reader.at !== listEnd) isScalar = false;
        reader.at = listEnd;
      } else value = known.read(reader);
    } else reader.skip(end);
  }
  if (!isScalar) return undefined;
  if (value === undefined && contentAt >= 0) {
    if (type === 1 && contentBytes === 4) return reader.bytes.readFloatLE(contentAt);
    if (type === doubleType && contentBytes === 8) return reader.bytes.readDoubleLE(contentAt);
    if (type === 3 && contentBytes === 4) return reader.bytes.readInt32LE(contentAt);
    if (type === 9 && contentBytes === 8) return Number(reader.bytes.readBigInt64LE(contentAt));
  }
  // A value of zero may be left out.
  return value ?? (contentAt < 0 && type in valueFields ? 0 : undefined);
}

/** SummaryMetadata: the plugin's name, and where its content lies. */
function readPlugin(reader: MessageReader, end: number): { name: string; start: number; end: number } {
  const plugin = { name: '', start: end, end };
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field !== 1) {
      reader.skip(end);
      continue;
    }
    const dataEnd = reader.end(end);
    for (let inner = reader.next(dataEnd); inner !== 0; inner = reader.next(dataEnd)) {
      if (inner === 1) plugin.name = reader.text(dataEnd);
      else if (inner === 2) {
        plugin.end = reader.end(dataEnd);
        plugin.start = reader.at;
        reader.at = plugin.end;
      } else reader.skip(dataEnd);
    }
  }
  return plugin;
}

/** google.protobuf.Value, as far as settings use it. */
function readValue(reader: MessageReader, end: number): KnobValue | undefined {
  let value: KnobValue | undefined;
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field === 2) value = reader.double();
    else if (field === 3) value = reader.text(end);
    else if (field === 4) value = reader.varint() !== 0;
    else reader.skip(end);
  }
  return value;
}

/** HParamsPluginData { session_start_info = 3: { hparams = 1: map<string, Value> } } */
function readParams(reader: MessageReader, end: number): Record<string, KnobValue> {
  const params: Record<string, KnobValue> = {};
  for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
    if (field !== 3) {
      reader.skip(end);
      continue;
    }
    const infoEnd = reader.end(end);
    for (let inner = reader.next(infoEnd); inner !== 0; inner = reader.next(infoEnd)) {
      if (inner !== 1) {
        reader.skip(infoEnd);
        continue;
      }
      const entryEnd = reader.end(infoEnd);
      let name = '';
      let value: KnobValue | undefined;
      for (let part = reader.next(entryEnd); part !== 0; part = reader.next(entryEnd)) {
        if (part === 1) name = reader.text(entryEnd);
        else if (part === 2) value = readValue(reader, reader.end(entryEnd));
        else reader.skip(entryEnd);
      }
      if (value !== undefined) params[name] = value;
    }
  }
  return params;
}

/** Reads the events of one file. A summary that another plugin keeps, such as a histogram, is left out. */
export function createEventReader(listener: EventsListener): (bytes: Buffer, start: number, end: number) => void {
  /** Told only with a tag's first value in a file. */
  const pluginOfTag = new Map<string, string>();
  let isFirst = true;

  function readSummaryValue(reader: MessageReader, end: number, step: number, timeMs: number): void {
    let tag = '';
    let value: number | undefined;
    let isTensor = false;
    for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
      if (field === 1) tag = reader.text(end);
      else if (field === 2 && reader.wire === 5) value = reader.float();
      else if (field === 8) {
        isTensor = true;
        value = readTensor(reader, reader.end(end));
      } else if (field === 9) {
        const metadataEnd = reader.end(end);
        const plugin = readPlugin(reader, metadataEnd);
        if (plugin.name !== '') pluginOfTag.set(tag, plugin.name);
        if (plugin.name === hparamsPlugin && tag === hparamsTag) {
          reader.at = plugin.start;
          listener.onParams(readParams(reader, plugin.end));
        }
        reader.at = metadataEnd;
      } else reader.skip(end);
    }
    if (value === undefined) return;
    const plugin = pluginOfTag.get(tag);
    if (plugin === undefined ? tag !== hparamsTag || !isTensor : plugin === scalarsPlugin) listener.onScalar(tag, step, timeMs, value);
  }

  return (bytes, start, end) => {
    const reader = new MessageReader(bytes, start);
    let timeMs = Number.NaN;
    let step = 0;
    let summaryAt = -1;
    let summaryEnd = -1;
    for (let field = reader.next(end); field !== 0; field = reader.next(end)) {
      if (field === 1) timeMs = reader.double() * 1000;
      else if (field === 2) step = reader.varint();
      else if (field === 5) {
        summaryEnd = reader.end(end);
        summaryAt = reader.at;
        reader.at = summaryEnd;
      } else if (field === 10) {
        const sourceEnd = reader.end(end);
        for (let inner = reader.next(sourceEnd); inner !== 0; inner = reader.next(sourceEnd)) {
          if (inner === 1) listener.onWriter(reader.text(sourceEnd));
          else reader.skip(sourceEnd);
        }
      } else reader.skip(end);
    }
    if (isFirst) {
      isFirst = false;
      listener.onStart(timeMs);
    }
    if (summaryAt < 0) return;
    // The order of an event's fields is free, so its values are read when its step is known.
    reader.at = summaryAt;
    for (let field = reader.next(summaryEnd); field !== 0; field = reader.next(summaryEnd)) {
      if (field === 1) readSummaryValue(reader, reader.end(summaryEnd), step, timeMs);
      else reader.skip(summaryEnd);
    }
  };
}

/** The event that every file begins with. */
export function versionEvent(timeMs: number): Uint8Array {
  const source = new MessageWriter().text(1, writerMark).bytes;
  return new MessageWriter()
    .double(1, timeMs / 1000)
    .text(3, 'brain.Event:2')
    .data(10, source).bytes;
}

/** With `data_class` (field 4) saying that these are scalars. */
const scalarMetadata = new MessageWriter().data(1, new MessageWriter().text(1, scalarsPlugin).bytes).integer(4, 1).bytes;

/** Makes the events of one tag. Values are tensors of 64-bit floats, so that nothing is lost. */
export function createScalarWriter(tag: string): (step: number, timeMs: number, value: number) => Uint8Array {
  const event = new MessageWriter();
  const value = new MessageWriter();
  const summary = new MessageWriter();
  const tagBytes = Buffer.from(tag, 'utf8');
  const number = Buffer.alloc(8);
  const noShape = new Uint8Array(0);
  const tensor = new MessageWriter();
  let isFirst = true;
  return (step, timeMs, scalar) => {
    number.writeDoubleLE(scalar);
    tensor.clear().integer(1, doubleType).data(2, noShape).data(6, number);
    value.clear().data(1, tagBytes).data(8, tensor.bytes);
    if (isFirst) value.data(9, scalarMetadata);
    isFirst = false;
    summary.clear().data(1, value.bytes);
    event.clear().double(1, timeMs / 1000);
    if (step !== 0) event.integer(2, step);
    return event.data(5, summary.bytes).bytes;
  };
}

/** The event by which TensorBoard's hparams page knows a run's settings. */
export function paramsEvent(params: Readonly<Record<string, KnobValue>>, timeMs: number): Uint8Array {
  const info = new MessageWriter();
  for (const [name, param] of Object.entries(params)) {
    const value = new MessageWriter();
    if (typeof param === 'number') value.double(2, param);
    else if (typeof param === 'string') value.text(3, param);
    else value.integer(4, Number(param));
    info.data(1, new MessageWriter().text(1, name).data(2, value.bytes).bytes);
  }
  info.double(5, timeMs / 1000);
  const content = new MessageWriter().data(3, info.bytes).bytes;
  const metadata = new MessageWriter().data(1, new MessageWriter().text(1, hparamsPlugin).data(2, content).bytes).bytes;
  const value = new MessageWriter().text(1, hparamsTag).data(9, metadata).bytes;
  return new MessageWriter().double(1, timeMs / 1000).data(5, new MessageWriter().data(1, value).bytes).bytes;
}
