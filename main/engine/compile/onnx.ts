/**
 * A minimal ONNX protobuf writer: only the messages and fields that the compiler emits. Field numbers are those of
 * onnx.proto3, IR version 10, operator set 21.
 */
export type OnnxType = 'float32' | 'int32' | 'int64' | 'bool';
export const onnxTypeNumber: Readonly<Record<OnnxType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

export interface OnnxTensor {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
}

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
  /** Name of the first length, where it may be any. */
  readonly anyFirst?: string;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
}

type Chunks = readonly Uint8Array[];
const encoder = new TextEncoder();

function join(chunks: Chunks): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}

/** A base-128 number; negative ones as 64-bit two's complement. */
function variableInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  if (value >= 0 && value < 2 ** 31) {
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
  } else {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}

const integer = (field: number, value: number) => join([variableInteger(field << 3), variableInteger(value)]);
const bytes = (field: number, content: Uint8Array) => join([variableInteger((field << 3) | 2), variableInteger(content.length), content]);
const text = (field: number, content: string) => bytes(field, encoder.encode(content));
const message = (field: number, parts: Chunks) => bytes(field, join(parts));

function float(field: number, value: number): Uint8Array {
  const content = new Uint8Array(4);
  new DataView(content.buffer).setFloat32(0, value, true);
  return join([variableInteger((field << 3) | 5), content]);
}

function attribute(name: string, value: OnnxAttribute): Chunks {
  const head = text(1, name);
  if (typeof value === 'string') return [head, text(4, value), integer(20, 3)];
  if (typeof value === 'number') return [head, integer(3, value), integer(20, 2)];
  if ('float' in value) return [head, float(2, value.float), integer(20, 1)];
  return [head, ...value.map((item) => integer(8, item)), integer(20, 7)];
}

function rawValues({ values, dtype }: OnnxTensor): Uint8Array {
  const array =
    dtype === 'int64'
      ? BigInt64Array.from(Array.from(values), BigInt)
      : dtype === 'int32'
        ? Int32Array.from(values)
        : dtype === 'bool'
          ? Uint8Array.from(values)
          : Float32Array.from(values);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function tensor(name: string, content: OnnxTensor): Chunks {
  const dimensions = content.shape.map((length) => integer(1, length));
  return [...dimensions, integer(2, onnxTypeNumber[content.dtype]), text(8, name), bytes(9, rawValues(content))];
}

function valueInfo({ name, shape, dtype, anyFirst }: OnnxValue): Chunks {
  const dimensions = message(
    2,
    shape.map((length, axis) => message(1, [axis === 0 && anyFirst !== undefined ? text(2, anyFirst) : integer(1, length)])),
  );
  return [text(1, name), message(2, [message(1, [integer(1, onnxTypeNumber[dtype]), dimensions])])];
}

function node({ op, domain, inputs, outputs, attributes }: OnnxNode, index: number): Chunks {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(3, `${op}_${index}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
    ...(domain ? [text(7, domain)] : []),
  ];
}

/** ONNX Runtime's operators over images whose channels lie in blocks. */
export const blockedDomain = 'com.microsoft.nchwc';

/** The bytes of an ONNX model with this graph. */
export function encodeOnnx({ nodes, inputs, outputs, constants }: OnnxGraph, { standard = false } = {}): Uint8Array {
  const graph = [
    ...nodes.map((item, index) => message(1, node(item, index))),
    text(2, 'epochbook'),
    ...[...constants].map(([name, content]) => message(5, tensor(name, content))),
    ...inputs.map((value) => message(11, valueInfo(value))),
    ...outputs.map((value) => message(12, valueInfo(value))),
  ];
  const operatorSet = (domain: string, version: number) => message(8, [text(1, domain), integer(2, version)]);
  const runtimesOwn = ['com.microsoft', blockedDomain].map((domain) => operatorSet(domain, 1));
  return join([integer(1, 10), message(7, graph), operatorSet('', 21), ...(standard ? [] : runtimesOwn)]);
}
