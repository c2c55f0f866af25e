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
const largestOf = (values: ArrayLike<number>) =>
  Array.prototype.reduce.call(values, (best, value, index) => ((value as number) > values[best as number] ? index : best), 0) as number;

/** `row` is one sample's, with the values of all outputs. */
export function answerOf(reader: OutputReader, row: Float32Array): Answer {
  const { places, from, size, kind, units: own, classes: names = [] } = reader;
  if (kind === 'sequence') {
    const best = Array.from({ length: size / own }, (_, step) => largestOf(row.subarray(from + step * own, from + (step + 1) * own)));
    return {
      classes: spoken(best).map((label) => names[label] ?? String(label)),
    };
  }
  if (places === undefined) return answerAt(reader, row);
  const units = size / places;
  const classes = Array.from({ length: places }, (_, place) => {
    return answerAt({ ...reader, from: from + place * units, size: units }, row).class ?? '';
  });
  return { classes };
}

function answerAt({ classes, from, size, kind }: OutputReader, row: Float32Array): Answer {
  const values = Array.from(row.subarray(from, from + size), known);
  const named = (index: number) => classes?.[index] ?? String(index);
  switch (kind) {
    case 'classes': {
      const said = named(largestOf(values));
      // A hinge's are no shares.
      const areShares = values.every((value) => value >= 0) && Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-3;
      return areShares ? { class: said, probabilities: values } : { class: said, values };
    }
    case 'probability':
      if (size > 1) return { values };
      return { class: named(values[0] > 0.5 ? 1 : 0), probabilities: [known(Math.fround(1 - values[0])), values[0]] };
    case 'margin':
      return size > 1 ? { values } : { class: named(values[0] > 0 ? 1 : 0), values };
    default:
      return { values };
  }
}
