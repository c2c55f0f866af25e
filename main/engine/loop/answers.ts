/** What a model's numbers say: classes with their shares, or values. */
import type { Answer } from '#contract/predictions.ts';
import type { Preparation } from '#contract/samples.ts';
import type { ModelSpec, TrainSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import { spoken } from '../metrics/ctc.ts';
import type { OutputKind } from '../metrics/losses.ts';
import { buildModel } from '../model/build.ts';
import { makeHeads } from './heads.ts';

export interface OutputReader {
  readonly name: string;
  readonly classes?: readonly string[];
  /** Where its values lie in a sample's row. */
  readonly from: number;
  readonly size: number;
  readonly kind: OutputKind;
  /** Of a sequence of logits: how many a step. */
  readonly units: number;
  /** Of classes at each step or pixel: how many places there are. */
  readonly places?: number;
}

/** The outputs of a completed model, as its losses take them. */
export function outputReaders(model: ModelSpec, train: TrainSpec, preparation: Preparation): OutputReader[] {
  const built = buildModel(model, null);
  try {
    const empty = { count: 0, inputs: new Float32Array(0), targets: new Float32Array(0), rows: new Uint32Array(0) };
    const heads = makeHeads({ ...train, metrics: [] }, { ...preparation, train: empty }, built);
    let from = 0;
    return built.outputs.map(({ name, shape }, index): OutputReader => {
      const target = preparation.targets?.find((one) => one.name === name);
      const { classes } = target ?? preparation;
      const placesShape = target ? target.shape : preparation.targetShape;
      const size = sizeOf(shape);
      const reader = {
        name,
        from,
        size,
        units: shape.at(-1) ?? 1,
        kind: heads[index].loss.output,
        ...(classes && { classes, ...(placesShape.length > 0 && { places: sizeOf(placesShape) }) }),
      };
      from += size;
      return reader;
    });
  } finally {
    built.dispose();
  }
}

/** A number as float32 tells it apart from others, without the digits that are not known. */
const known = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(9)) : value);

/** The first of equals, as in the metrics. */
function largestOf(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}

/** The class that an output says; undefined where it says several things, or none. */
function saidBy(kind: OutputKind, values: Float32Array): number | undefined {
  if (kind === 'classes') return largestOf(values);
  if (values.length > 1) return undefined;
  return kind === 'probability' ? Number(values[0] > 0.5) : kind === 'margin' ? Number(values[0] > 0) : undefined;
}

/** `row` is one sample's, with the values of all outputs. */
export function answerOf({ classes = [], from, size, kind, units, places }: OutputReader, row: Float32Array): Answer {
  const output = row.subarray(from, from + size);
  const named = (index: number | undefined) => (index === undefined ? '' : (classes[index] ?? String(index)));
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, at) => output.subarray((at * size) / count, ((at + 1) * size) / count));
  if (kind === 'sequence') return { classes: spoken(rowsOf(size / units).map(largestOf)).map(named) };
  if (places !== undefined) return { classes: rowsOf(places).map((each) => named(saidBy(kind, each))) };

  const values = Array.from(output, known);
  const said = saidBy(kind, output);
  if (said === undefined) return { values };
  if (kind === 'probability') return { class: named(said), probabilities: [known(Math.fround(1 - values[0])), values[0]] };
  // A hinge's are no shares.
  const areShares =
    kind === 'classes' && values.every((value) => value >= 0) && Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;
  return areShares ? { class: named(said), probabilities: values } : { class: named(said), values };
}
