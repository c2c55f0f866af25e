/** Programs whose kept inputs and outputs stay in one place: ONNX Runtime computes gradients, sweeps what is kept. */
import type { HostTensor, Program, Typed } from '../compile/graph.ts';
import { optimize } from '../compile/optimize.ts';
import { isSplittable, splitSweeps, type SplitProgram, type SweepSource } from '../compile/sweeps/split.ts';
import type { Executable } from './backend.ts';
import { createKeptState, type KeptState, mostBytes, type Place, roomFor } from './kept-state.ts';
import { compileOnnx, given, hostTensor, noValues, type OnnxOptions, openOnnx } from './onnx-runtime.ts';
import { divide, openParts } from './parts.ts';
import type { Runtime } from './runtime.ts';

const placeOf = ({ held }: HostTensor) => held as Place | undefined;

export interface KeepingOptions extends OnnxOptions {
  readonly threads: number;
}

function splitWhole(program: Program, kept: ReadonlySet<string>): SplitProgram | null {
  const optimized = optimize(program);
  return isSplittable(optimized, kept) ? splitSweeps(optimized, kept) : null;
}

/** What is kept lies in a state of its own from the first run on, and is changed there by every run. */
export async function compileKeeping(
  runtime: Runtime,
  program: Program,
  kept: ReadonlySet<string>,
  { threads, ...options }: KeepingOptions,
): Promise<Executable> {
  const divided = divide(program, kept, threads);
  const split = divided ?? splitWhole(program, kept);
  const sources = split?.sweeps.flatMap(({ arrays }) => arrays) ?? [];
  const namesFrom = (from: SweepSource['from']) => sources.filter((source) => source.from === from).map(({ name }) => name);
  const changed = split?.sweeps.flatMap(({ results }) => results.map(({ name }) => name)) ?? [];
  const keptTypes = new Map([...namesFrom('kept'), ...changed].map((name) => [name, program.inputs.get(name)!]));
  const computedTypes = new Map(namesFrom('computed').map((name) => [name, split!.program.outputs.get(name)!]));
  const bytes = [...keptTypes.values(), ...computedTypes.values()].reduce((total, type) => total + roomFor(type), 0);
  if (!split || bytes > mostBytes) return compileReading(runtime, program, options);

  const onnx = divided ? await openParts(runtime, divided, options, threads) : await openOnnx(runtime, split.program, options);
  let own: KeptState | undefined;
  const stateFor = (inputs: ReadonlyMap<string, HostTensor>): KeptState => {
    for (const name of keptTypes.keys()) own = placeOf(given(inputs, name))?.state ?? own;
    if (!own) {
      own = createKeptState(runtime);
      own.reserve(bytes);
    }
    return own;
  };
  /** The place of a kept input, with its values in it. */
  const keptPlace = (state: KeptState, inputs: ReadonlyMap<string, HostTensor>, name: string, type: Typed): Place => {
    const input = given(inputs, name);
    const held = placeOf(input);
    if (held?.state === state) return held;
    const place = state.place(name, type);
    place.values.set(held?.values ?? input.data);
    return place;
  };

  return {
    run: async (inputs, accepts = () => true) => {
      const state = stateFor(inputs);
      const places = new Map([...keptTypes].map(([name, type]) => [name, keptPlace(state, inputs, name, type)]));
      for (const [name, type] of computedTypes) places.set(name, state.place(name, type));
      const results = await onnx.run(
        ({ name, dtype, shape }) => {
          const place = places.get(name) ?? placeOf(given(inputs, name));
          return place?.tensor ?? new runtime.Tensor(dtype, given(inputs, name).data, shape);
        },
        ({ name }) => places.get(name)?.tensor ?? null,
      );
      const outputs = new Map<string, HostTensor>();
      for (const port of onnx.outputs)
        if (program.outputs.has(port.name)) outputs.set(port.name, hostTensor(port, results.get(port.name)!));
      if (!accepts(outputs)) return outputs;
      const scalar = ({ from, name }: SweepSource) =>
        from === 'given' ? given(inputs, name).data[0] : (results.get(name)!.data[0] as number);
      for (const sweep of split.sweeps) {
        const arrays = [...sweep.arrays, ...sweep.results].map(({ name }) => places.get(name)!);
        state.run(sweep, arrays, sweep.scalars.map(scalar));
        for (const { name } of sweep.results) {
          const held = places.get(name)!;
          outputs.set(name, { data: noValues, held, shape: held.shape, dtype: held.dtype });
        }
      }
      return outputs;
    },
    release: () => onnx.release(),
  };
}

/** A program that changes nothing that is kept, but may be given it. */
export async function compileReading(runtime: Runtime, program: Program, options: OnnxOptions): Promise<Executable> {
  const executable = await compileOnnx(runtime, program, options);
  const read = (inputs: ReadonlyMap<string, HostTensor>) =>
    new Map([...inputs].map(([name, value]): [string, HostTensor] => [name, { ...value, held: placeOf(value)?.tensor }]));
  return { run: (inputs) => executable.run(read(inputs)), release: () => executable.release() };
}

/** Copies, as what is kept changes. */
export const readKept = (tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> =>
  new Map([...tensors].map(([name, value]) => [name, { data: placeOf(value)!.values.slice(), shape: value.shape, dtype: value.dtype }]));
