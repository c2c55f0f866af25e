/** What each of a model's outputs is to say, and how that is judged. */
import { EpochbookError } from '#contract/errors.ts';
import type { Dataset, TargetPart } from '#contract/samples.ts';
import type { KerasObject, LossSpec, MetricSpec, TrainSpec } from '#contract/spec.ts';
import { sizeOf } from '../compile/graph.ts';
import { stepsNeeded } from '../metrics/ctc.ts';
import { checkLoss, type Loss, makeLoss, type TargetFacts } from '../metrics/losses.ts';
import { lossByPosition, metricByPosition } from '../metrics/by-position.ts';
import { weighted } from '../metrics/metric-kind.ts';
import { makeMetrics, type Metric } from '../metrics/metrics.ts';
import type { BuiltModel } from '../model/build.ts';
import { nearest } from '../model/nearest.ts';
import { tf } from '../tfjs.ts';

/** A metric of one of the outputs. */
export interface OutputMetric extends Metric {
  /** The output's number. */
  readonly output: number;
}

export interface Head {
  readonly loss: Loss;
  /** How much its loss counts in the model's. */
  readonly weight: number;
  readonly metrics: readonly OutputMetric[];
  /** Its own targets, from the rows of all. */
  readonly targets: (rows: tf.Tensor) => tf.Tensor;
}

type Data = Pick<Dataset, 'task' | 'classes' | 'targetShape' | 'targets' | 'train'>;

/** Where an output's targets lie in a row; null where the row is one target. */
interface Place {
  readonly from: number;
  readonly shape: readonly number[];
}

function factsOf({ task, shape, classes }: TargetPart): TargetFacts {
  return { task, targetShape: shape, ...(classes && { classes }) };
}

const isLoss = (loss: TrainSpec['loss']): loss is LossSpec =>
  typeof loss === 'string' || ('class_name' in loss && typeof loss['class_name'] === 'string');

/** By output; `whole` where it is said once for all. */
function perOutput<T>(given: Readonly<Record<string, T>>, option: string, names: readonly string[]): (name: string) => T | undefined {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new EpochbookError(
      'engine.outputUnknown',
      { name: unknown, names: names.join(', '), nearest: nearest(unknown, names) },
      { at: `/train/${option}` },
    );
  return (name) => (Object.hasOwn(given, name) ? given[name] : undefined);
}

/** Of an output: its own, or those of all. */
function measuredOf(given: TrainSpec['metrics'], option: string, names: readonly string[]): (name: string) => MetricSpec[] {
  if (Array.isArray(given)) return () => given;
  const own = perOutput<MetricSpec[]>(given, option, names);
  return (name) => own(name) ?? [];
}

/** Every value of an output's targets, row after row. */
function* valuesAt({ targets, count }: Dataset['train'], place: Place | null): Generator<number> {
  const length = targets.length / count;
  const [from, size] = place ? [place.from, sizeOf(place.shape)] : [0, length];
  for (let row = 0; row < count; row++) for (let index = 0; index < size; index++) yield targets[row * length + from + index];
}

function meanAt(part: Dataset['train'], place: Place | null): number {
  let [sum, count] = [0, 0];
  for (const value of valuesAt(part, place)) {
    sum += value;
    count++;
  }
  return sum / Math.max(1, count);
}

function areShares(part: Dataset['train'], place: Place | null): boolean {
  for (const value of valuesAt(part, place)) if (!(value >= 0 && value <= 1)) return false;
  return true;
}

function sliced(rows: tf.Tensor, { from, shape }: Place): tf.Tensor {
  const [count] = rows.shape;
  return tf.reshape(tf.slice(rows, [0, from], [count, sizeOf(shape)]), [count, ...shape]);
}

function placesOf(targets: readonly TargetPart[]): Map<string, Place> {
  const places = new Map<string, Place>();
  let from = 0;
  for (const { name, shape } of targets) {
    places.set(name, { from, shape });
    from += sizeOf(shape);
  }
  return places;
}

/** Its loss, as Keras reports it beside the sum. */
const lossMetric = (name: string, loss: Loss): Metric => ({
  key: `${name} loss`,
  names: [`${name}_loss`],
  isWeighted: 'loss',
  sums: (outputs, targets, weights) => tf.reshape(tf.sum(weighted(loss.perSample(outputs, targets), weights)), [1]),
  results: ([sum], samples) => [sum / samples],
});

/**
 * One for each of the model's outputs. Without several targets in the data, all outputs are judged by the one.
 * Throws, with `at`, where a loss or metric cannot be, does not fit its output, or is for an output that is not there.
 */
export function makeHeads(train: TrainSpec, data: Data, model: BuiltModel): Head[] {
  const names = model.outputs.map(({ name }) => name);
  const several = names.length > 1;
  const places = placesOf(data.targets ?? []);
  const lossOf = isLoss(train.loss) ? null : perOutput<string | KerasObject>(train.loss, 'loss', names);
  const metricsOf = measuredOf(train.metrics, 'metrics', names);
  const weightedOf = measuredOf(train.weightedMetrics ?? [], 'weightedMetrics', names);
  const weightOf = perOutput(train.lossWeights ?? {}, 'lossWeights', names);
  return model.outputs.map((output, index) => {
    const { name } = output;
    const target = data.targets?.find((one) => one.name === name);
    if (data.targets && !target) {
      const known = data.targets.map((one) => one.name);
      throw new EpochbookError('engine.targetUnknown', { name, names: known.join(', ') }, { at: '/train/loss' });
    }
    const facts = target ? factsOf(target) : data;
    const at = lossOf ? `/train/loss/${name}` : '/train/loss';
    const said = lossOf ? lossOf(name) : (train.loss as LossSpec);
    if (said === undefined) throw new EpochbookError('engine.outputLoss', { name }, { at: '/train/loss' });
    const loss = makeLoss(said, facts.task, at, output.shape.at(-1));
    const place = places.get(name) ?? null;
    const needed = () => stepsNeeded(valuesAt(data.train, place), sizeOf(facts.targetShape));
    checkLoss(loss, output, { ...facts, areShares: () => areShares(data.train, place), stepsNeeded: needed }, at);
    const context = { loss, task: facts.task, classes: facts.classes ?? [], targetMean: () => meanAt(data.train, place) };
    const metrics = makeMetrics(metricsOf(name), context, weightedOf(name));
    const prefixed = metrics.map((metric) => ({
      ...metric,
      key: `${name} ${metric.key}`,
      names: metric.names.map((own) => `${name}_${own}`),
    }));
    const own = several ? [lossMetric(name, loss), ...prefixed] : metrics;
    const isByPosition = facts.task === 'classification' && facts.targetShape.length > 0 && loss.output !== 'sequence';
    return {
      loss: isByPosition ? lossByPosition(loss) : loss,
      weight: weightOf(name) ?? 1,
      metrics: (isByPosition ? own.map(metricByPosition) : own).map((metric) => ({ ...metric, output: index })),
      targets: place ? (rows) => sliced(rows, place) : (rows) => rows,
    };
  });
}
