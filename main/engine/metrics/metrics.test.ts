import { describe, expect, it } from 'vitest';
import { betterOf } from '#contract/metric-direction.ts';
import type { KerasObject, MetricSpec } from '#contract/spec.ts';
import { openReference } from '../backends/reference.ts';
import { openNative } from '../backends/native.ts';
import { randomStream } from '../loop/random.ts';
import { largestDifference, runOn, traced } from '../testing/harness.ts';
import { kerasFigures, kerasFurtherFigures, kerasTrainingFigures } from '../testing/keras-figures.ts';
import { tf } from '../tfjs.ts';
import { spoken, stepsNeeded } from './ctc.ts';
import { lossNames, makeLoss, type Outputs } from './losses.ts';
import { makeMetrics } from './metrics.ts';

type Kind = 'softmax' | 'sigmoid' | 'values';

const taskOf = (className: string) =>
  /Crossentropy|CrossEntropy|Hinge|hinge|KLD|kullback|Cosine|cosine|CTC/.test(className)
    ? ('classification' as const)
    : ('regression' as const);

/** Mean loss and its gradient by the logits or outputs, natively. */
async function lossOf(
  spec: string | KerasObject,
  shape: readonly number[],
  given: readonly number[],
  targets: readonly number[],
  kind: Kind,
  task = taskOf(typeof spec === 'string' ? spec : spec.class_name),
) {
  const outputs = (x: tf.Tensor): Outputs =>
    kind === 'values'
      ? { values: () => x, logits: null }
      : { values: () => (kind === 'softmax' ? tf.softmax(x) : tf.sigmoid(x)), logits: x };
  const { perSample } = makeLoss(spec, task, '', shape.at(-1));
  const example = traced([shape, [targets.length]], [Float32Array.from(given), Float32Array.from(targets)], (x, y) => {
    const { value, grad } = tf.valueAndGrad((a: tf.Tensor) => tf.mean<tf.Scalar>(perSample(outputs(a), y)))(x);
    return [value, grad];
  });
  const results = await runOn(await openNative(1), example);
  return { value: results.get('y0')![0], gradient: results.get('y1')! };
}

describe('losses', () => {
  it('of classes, from logits however large', async () => {
    const { value, gradient } = await lossOf('sparseCategoricalCrossentropy', [2, 3], [200, 0, -200, 1, 2, 3], [2, 0], 'softmax');
    // −log softmax: 400 for the first sample, log(1 + e + e²) for the second.
    expect(value).toBeCloseTo((400 + Math.log(1 + Math.E + Math.E ** 2)) / 2, 4);
    const shares = [1, 2, 3].map((x) => Math.exp(x) / (Math.E + Math.E ** 2 + Math.E ** 3));
    const wanted = [0.5, 0, -0.5, (shares[0] - 1) / 2, shares[1] / 2, shares[2] / 2];
    wanted.forEach((each, index) => expect(gradient[index]).toBeCloseTo(each, 6));
  });

  it('of classes, from shares that do not add up', async () => {
    const { value } = await lossOf('categoricalCrossentropy', [2, 3], [0.2, 0.3, 0.5, 2, 1, 1], [1, 0], 'values');
    expect(value).toBeCloseTo(-(Math.log(0.3) + Math.log(0.5)) / 2, 5);
  });

  it('of two classes, from logits however large', async () => {
    const { value, gradient } = await lossOf('binaryCrossentropy', [3, 1], [300, -300, 0.5], [0, 0, 1], 'sigmoid');
    expect(value).toBeCloseTo((300 + 0 + Math.log(1 + Math.exp(-0.5))) / 3, 4);
    [1 / 3, 0, (1 / (1 + Math.exp(-0.5)) - 1) / 3].forEach((each, index) => expect(gradient[index]).toBeCloseTo(each, 6));
  });

  it('of two classes, from shares at the very ends', async () => {
    const { value } = await lossOf('binaryCrossentropy', [2, 1], [0, 0.25], [1, 0], 'values');
    expect(value).toBeCloseTo((-Math.log(1e-7) - Math.log(0.75)) / 2, 2);
  });

  it('of margins and focal ones, from logits however large', async () => {
    for (const name of ['binaryFocalCrossentropy', 'logCosh', 'huber', 'squaredHinge']) {
      const kind = name.startsWith('binary') ? 'sigmoid' : 'values';
      const { value, gradient } = await lossOf(name, [3, 1], [80, -80, 0], [0, 1, 1], kind);
      expect(Number.isFinite(value), name).toBe(true);
      expect(gradient.every(Number.isFinite), name).toBe(true);
    }
    const focal = await lossOf(
      { class_name: 'CategoricalFocalCrossentropy', config: { gamma: 0.5 } },
      [1, 3],
      [90, 0, -90],
      [0],
      'softmax',
    );
    expect([focal.value, ...focal.gradient].every(Number.isFinite)).toBe(true);
  });

  it.each(kerasFigures.losses.map((figures) => [figures.class_name, JSON.stringify(figures.config), figures] as const))(
    '%s %s: value and gradient are Keras’ own',
    async (_, __, figures) => {
      const { value, gradient } = await lossOf(figures, figures.shape, figures.output, figures.targets, 'values');
      const scale = Math.max(1, Math.abs(figures.value));
      expect(Math.abs(value - figures.value) / scale).toBeLessThan(2e-6);
      expect(largestDifference(gradient, figures.gradient) / scale).toBeLessThan(5e-6);
    },
  );

  it.each(
    kerasFurtherFigures.losses.map((figures) => [figures.class_name, JSON.stringify(figures.config), figures.shape, figures] as const),
  )('%s %s of %j: value and gradient are Keras’ own', async (_, __, ___, figures) => {
    const { value, gradient } = await lossOf(figures, figures.shape, figures.output, figures.targets, 'values', figures.task);
    const scale = Math.max(1, Math.abs(figures.value));
    expect(Math.abs(value - figures.value) / scale).toBeLessThan(2e-6);
    expect(largestDifference(gradient, figures.gradient) / scale).toBeLessThan(5e-6);
  });

  it('are all recorded', () => {
    const all = [...kerasFigures.losses, ...kerasFurtherFigures.losses];
    const recorded = new Set(all.map((figures) => makeLoss(figures, taskOf(figures.class_name)).name));
    expect([...recorded].sort()).toEqual([...lossNames].sort());
  });

  describe('gradients are those of central differences, at outputs drawn from a seed', () => {
    // Of those over whole batches, Keras’ recorded gradients decide.
    it.each(lossNames.filter((name) => !['dice', 'tversky', 'circle', 'ctc'].includes(name)))('%s', async (name) => {
      const { output } = makeLoss(name, taskOf(name));
      const stream = randomStream(3, 'differences', name);
      const positive = name === 'poisson' || name === 'meanSquaredLogarithmicError';
      for (let draw = 0; draw < 4; draw++) {
        const width = output === 'classes' ? 3 : 1;
        const rows = 5;
        const drawn = () => (positive ? 0.5 + 3 * stream.uniform() : 4 * stream.uniform() - 2);
        const given = Array.from({ length: rows * width }, drawn);
        const targets = Array.from({ length: rows }, () =>
          output === 'classes' ? Math.floor(3 * stream.uniform()) : output === 'numbers' ? drawn() : Math.floor(2 * stream.uniform()),
        );
        const kind =
          output === 'classes' && name !== 'categoricalHinge' && name !== 'cosineSimilarity'
            ? 'softmax'
            : output === 'probability'
              ? 'sigmoid'
              : 'values';
        const { gradient } = await lossOf(name, [rows, width], given, targets, kind);
        const step = 1e-5;
        for (let index = 0; index < given.length; index++) {
          const changed = (by: number) =>
            plainMean(
              name,
              given.map((x, at) => (at === index ? x + by : x)),
              targets,
              width,
              kind,
            );
          const difference = (changed(step) - changed(-step)) / (2 * step);
          expect(Math.abs(gradient[index] - difference) / Math.max(1, Math.abs(difference)), `draw ${draw}, ${index}`).toBeLessThan(1e-5);
        }
      }
    });
  });
});

describe('ctc', () => {
  const [batch, steps, classes, length] = [3, 4, 3, 3];
  /** −log of the sum over every path that says the target, averaged over the batch: its definition, path by path. */
  function byPaths(logits: readonly number[], targets: readonly number[]): number {
    const paths = Array.from({ length: classes ** steps }, (_, path) =>
      Array.from({ length: steps }, (__, step) => Math.floor(path / classes ** step) % classes),
    );
    let total = 0;
    for (let row = 0; row < batch; row++) {
      const wanted = targets.slice(row * length, (row + 1) * length).filter((label) => label > 0);
      const at = (step: number, label: number) => logits[(row * steps + step) * classes + label];
      const whole = Array.from({ length: steps }, (_, step) =>
        Math.log([0, 1, 2].reduce((sum, label) => sum + Math.exp(at(step, label)), 0)),
      );
      const probability = paths
        .filter((path) => spoken(path).join() === wanted.join())
        .reduce((sum, path) => sum + Math.exp(path.reduce((log, label, step) => log + at(step, label) - whole[step], 0)), 0);
      total -= Math.log(probability) / batch;
    }
    return total;
  }

  it('is the sum over all paths, with the gradient of its differences', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const stream = randomStream(seed, 'ctc');
      const given = Array.from({ length: batch * steps * classes }, () => 6 * stream.uniform() - 3);
      // Up to three classes, none of them next to its like where four steps would not do.
      const targets = [[], [1], [2], [1, 2], [2, 1], [1, 1], [2, 2], [1, 2, 1], [1, 1, 2], [2, 1, 2]]
        .toSorted(() => stream.uniform() - 0.5)
        .slice(0, batch)
        .flatMap((labels) => [...labels, 0, 0, 0].slice(0, length));
      const { value, gradient } = await lossOf('ctc', [batch, steps, classes], given, targets, 'values');
      expect(value).toBeCloseTo(byPaths(given, targets), 4);
      given.forEach((x, index) => {
        const changed = (by: number) => byPaths(given.with(index, x + by), targets);
        expect(gradient[index]).toBeCloseTo((changed(1e-5) - changed(-1e-5)) / 2e-5, 5);
      });
    }
  });

  /** The fewest changes from one to the other, by the definition. */
  function distance(one: readonly number[], other: readonly number[]): number {
    if (one.length === 0 || other.length === 0) return one.length + other.length;
    const [first, ...rest] = one;
    const [second, ...more] = other;
    return Math.min(distance(rest, other) + 1, distance(one, more) + 1, distance(rest, more) + (first === second ? 0 : 1));
  }

  it('character errors are those of the best classes over all targets, however the samples are divided into batches', async () => {
    const metric = makeMetrics(['cer'], {
      loss: makeLoss('ctc', 'classification'),
      task: 'classification',
      classes: [],
      targetMean: () => 0,
    })[0];
    expect(metric.names).toEqual(['cer']);
    for (let seed = 1; seed <= 6; seed++) {
      const stream = randomStream(seed, 'cer');
      const [count, long] = [12, 7];
      const given = Array.from({ length: count * long * classes }, () => 6 * stream.uniform() - 3);
      const heard = Array.from({ length: count }, () => 1 + Math.floor(stream.uniform() * long));
      const targets = Array.from({ length: count }, (_, row) =>
        Array.from({ length: 4 }, (__, at) => (at < row % 5 ? 1 + Math.floor(2 * stream.uniform()) : 0)),
      ).flat();
      const masked = seed % 2 === 0;
      let [errors, all] = [0, 0];
      for (let row = 0; row < count; row++) {
        const best = Array.from({ length: masked ? heard[row] : long }, (_, step) => {
          const values = [0, 1, 2].map((each) => given[(row * long + step) * classes + each]);
          return values.indexOf(Math.max(...values));
        });
        const wanted = targets.slice(row * 4, row * 4 + 4).filter((label) => label > 0);
        errors += distance(spoken(best), wanted);
        all += wanted.length;
      }
      for (const sizes of [[12], [5, 4, 3]]) {
        const total = new Float64Array(2);
        let from = 0;
        for (const size of sizes) {
          const mask = Float32Array.from({ length: size * long }, (_, index) =>
            Number(index % long < heard[from + Math.floor(index / long)]),
          );
          const batches = [
            Float32Array.from(given.slice(from * long * classes, (from + size) * long * classes)),
            Float32Array.from(targets.slice(from * 4, (from + size) * 4)),
            mask,
          ];
          const example = traced(
            [
              [size, long, classes],
              [size, 4],
              [size, long],
            ],
            batches,
            (x, y, m) => [metric.sums({ values: () => x, logits: null, ...(masked && { mask: tf.greater(m, 0) }) }, y)],
          );
          const results = await runOn(await openNative(1), example);
          results.get('y0')!.forEach((value, index) => (total[index] += value));
          from += size;
        }
        expect([...total]).toEqual([errors, all]);
        expect(metric.results(total, count)).toEqual([errors / all]);
      }
    }
  });

  it('steps that are padding say nothing: the loss is that of the shorter output', async () => {
    const stream = randomStream(3, 'masked ctc');
    const long = steps + 3;
    const given = Array.from({ length: batch * long * classes }, () => 6 * stream.uniform() - 3);
    const heard = (row: number, step: number) => (row === 1 ? step >= 3 : step < steps);
    const short = given.filter((_, index) => heard(Math.floor(index / (long * classes)), Math.floor(index / classes) % long));
    const targets = [1, 2, 0, 2, 2, 0, 1, 0, 0];
    const example = traced(
      [
        [batch, long, classes],
        [batch, length],
        [batch, long],
      ],
      [
        Float32Array.from(given),
        Float32Array.from(targets),
        Float32Array.from({ length: batch * long }, (_, index) => Number(heard(Math.floor(index / long), index % long))),
      ],
      (x, y, m) => {
        const { perSample } = makeLoss('ctc', 'classification');
        const loss = (of: tf.Tensor) => tf.mean<tf.Scalar>(perSample({ values: () => of, logits: null, mask: tf.greater(m, 0) }, y));
        return [loss(x), tf.grad(loss)(x)];
      },
    );
    const results = await runOn(await openNative(1), example);
    expect(results.get('y0')![0]).toBeCloseTo(byPaths(short, targets), 4);
    results.get('y1')!.forEach((slope, index) => {
      const step = Math.floor(index / classes) % long;
      if (heard(Math.floor(index / (long * classes)), step)) expect(Number.isFinite(slope)).toBe(true);
      else expect(slope).toBe(0);
    });
  });

  it('knows how many steps a target needs', () => {
    expect(stepsNeeded([1, 2, 0, 3, 3, 3, 0, 0, 0], 3)).toBe(5);
    expect(stepsNeeded([], 3)).toBe(0);
  });
});

/** The losses in double precision, from their definitions; `given` are logits where `kind` is not `values`. */
function plainMean(name: string, given: readonly number[], targets: readonly number[], width: number, kind: Kind): number {
  let total = 0;
  for (let row = 0; row < targets.length; row++) {
    const x = given.slice(row * width, (row + 1) * width);
    const y = targets[row];
    const exps = x.map((each) => Math.exp(each));
    const shares = exps.map((each) => each / exps.reduce((sum, other) => sum + other, 0));
    const p = kind === 'sigmoid' ? 1 / (1 + Math.exp(-x[0])) : x[0];
    const error = x[0] - y;
    const entropy = -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
    const short = Math.max(0, 1 - (2 * y - 1) * x[0]);
    const length = Math.hypot(...x);
    total += {
      meanSquaredError: () => error ** 2,
      meanAbsoluteError: () => Math.abs(error),
      meanAbsolutePercentageError: () => 100 * Math.abs(error / y),
      meanSquaredLogarithmicError: () => (Math.log(x[0] + 1) - Math.log(y + 1)) ** 2,
      huber: () => (Math.abs(error) <= 1 ? error ** 2 / 2 : Math.abs(error) - 0.5),
      logCosh: () => Math.log(Math.cosh(error)),
      poisson: () => x[0] - y * Math.log(x[0] + 1e-7),
      binaryCrossentropy: () => entropy,
      binaryFocalCrossentropy: () => (1 - (y === 1 ? p : 1 - p)) ** 2 * entropy,
      hinge: () => short,
      squaredHinge: () => short ** 2,
      categoricalHinge: () => Math.max(0, 1 - x[y] + Math.max(...x.map((each, index) => (index === y ? 0 : each)))),
      cosineSimilarity: () => -x[y] / length,
      categoricalFocalCrossentropy: () => -0.25 * (1 - shares[y]) ** 2 * Math.log(shares[y]),
      categoricalCrossentropy: () => -Math.log(shares[y]),
      sparseCategoricalCrossentropy: () => -Math.log(shares[y]),
      kullbackLeiblerDivergence: () => -Math.log(shares[y]),
      categoricalGeneralizedCrossEntropy: () => (1 - shares[y] ** 0.5) / 0.5,
    }[name]!();
  }
  return total / targets.length;
}

/** Metrics over batches of these sizes, natively, as an epoch makes them. */
async function measured(
  names: MetricSpec[],
  loss: string,
  shape: readonly number[],
  values: readonly number[],
  targets: readonly number[],
  batchSizes: readonly number[],
  classes: readonly string[] = [],
  { task = taskOf(loss), weights }: { task?: 'classification' | 'regression'; weights?: readonly number[] } = {},
): Promise<Record<string, number>> {
  const targetMean = () => targets.reduce((sum, value) => sum + value, 0) / targets.length;
  const metrics = makeMetrics(names, { loss: makeLoss(loss, task), task, classes, targetMean });
  const width = shape[1];
  const targetWidth = targets.length / shape[0];
  const totals = metrics.map((): number[] => []);
  let from = 0;
  for (const size of batchSizes) {
    const batch = [
      Float32Array.from(values.slice(from * width, (from + size) * width)),
      Float32Array.from(targets.slice(from * targetWidth, (from + size) * targetWidth)),
      Float32Array.from({ length: size }, (_, index) => weights?.[from + index] ?? 1),
    ];
    const example = traced([[size, width], targetWidth === 1 ? [size] : [size, targetWidth], [size]], batch, (x, y, w) =>
      metrics.map(({ sums }) => sums({ values: () => x, logits: null }, y, weights ? w : undefined)),
    );
    const results = await runOn(await openNative(1), example);
    metrics.forEach((_, index) => results.get(`y${index}`)!.forEach((value, at) => (totals[index][at] = (totals[index][at] ?? 0) + value)));
    from += size;
  }
  return Object.fromEntries(
    metrics.flatMap(({ names: reported, results }, index) => {
      const found = results(Float64Array.from(totals[index]), weights?.reduce((sum, weight) => sum + weight, 0) ?? from);
      return reported.map((name, at) => [name, found[at]]);
    }),
  );
}

describe('metrics', () => {
  it.each(kerasFigures.metrics.map((figures) => [figures.name, figures.loss, figures] as const))(
    '%s with %s is Keras’ own, however the samples are divided into batches',
    async (name, loss, { shape, output, targets, value }) => {
      for (const sizes of [[60], [17, 43], [7, 7, 7, 7, 7, 7, 7, 7, 4]]) {
        const found = Object.values(await measured([name], loss, shape, output, targets, sizes))[0];
        expect(Math.abs(found - value) / Math.max(1, Math.abs(value)), `${sizes.length} batches`).toBeLessThan(2e-6);
      }
    },
  );

  const { samples, cases } = kerasTrainingFigures.metrics;
  it.each(cases.map(({ class_name: name, config, loss, values }) => [name, JSON.stringify(config), loss, config, values] as const))(
    '%s %s with %s is Keras’ own',
    async (name, _, loss, config, values) => {
      const { shape, output, targets } = samples[loss];
      const classes = Array.from({ length: Math.max(2, shape[1]) }, (__, index) => `c${index}`);
      const found = Object.values(await measured([{ class_name: name, config }], loss, shape, output, targets, [25, 25, 10], classes));
      expect(largestDifference(found, values)).toBeLessThan(2e-6);
    },
  );

  const further = kerasFurtherFigures.metrics;
  it.each(
    further.cases.map(
      (figures) => [figures.class_name, JSON.stringify(figures.config), figures.of, figures.weighted ? 'by weights' : '', figures] as const,
    ),
  )('%s %s of %s %s is Keras’ own', async (name, _, of, __, { config, weighted, values }) => {
    const { loss, task, shape, output, targets } = further.samples[of];
    const classes = task === 'classification' ? Array.from({ length: Math.max(2, shape[1]) }, (___, index) => `c${index}`) : [];
    const found = Object.values(
      await measured([{ class_name: name, config }], loss, shape, output, targets, [25, 25, 10], classes, {
        task,
        ...(weighted && { weights: further.weights }),
      }),
    );
    expect(largestDifference(found, values) / Math.max(1, ...values)).toBeLessThan(3e-6);
  });

  it('of each class say which', async () => {
    const shares = [0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.5, 0.4, 0.1, 0.1, 0.2, 0.7];
    const wanted: MetricSpec[] = [
      { class_name: 'Precision', config: { perClass: true } },
      { class_name: 'Recall', config: { classId: 'ankle boot', name: 'boots' } },
      { class_name: 'AUC', config: { curve: 'PR' } },
      { class_name: 'TopKCategoricalAccuracy', config: { k: 1 } },
      { class_name: 'TopKCategoricalAccuracy', config: { k: 2 } },
    ];
    const found = await measured(
      wanted,
      'sparseCategoricalCrossentropy',
      [4, 3],
      shares,
      [0, 1, 1, 2],
      [3, 1],
      ['bag', 'ankle boot', 'coat'],
    );
    expect(found).toEqual({
      precision_bag: 0.5,
      precision_ankle_boot: 1,
      precision_coat: 1,
      boots: 0.5,
      pr_auc: expect.any(Number) as number,
      top_k_categorical_accuracy: 0.75,
      top_k_categorical_accuracy_1: 1,
    });
    await expect(
      measured([{ class_name: 'Recall', config: { class_id: 'bagg' } }], 'hinge', [1, 1], [1], [1], [1], ['bag', 'boot']),
    ).rejects.toMatchObject({ code: 'engine.metricClass', at: '/train/metrics/0' });
    await expect(
      measured([{ class_name: 'TopKCategoricalAccuracy', config: { k: 0 } }], 'sparseCategoricalCrossentropy', [1, 2], [1, 2], [1], [1]),
    ).rejects.toMatchObject({ at: '/train/metrics/0/config/k' });
  });

  it('are exact where batches are not: a mean of batches would differ', async () => {
    const values = [0.9, 0.9, 0.9, 0.1];
    const targets = [1, 0, 0, 1];
    // 1 of 3 that are said to be; by batches of two, (1/2 + 0/1) / 2.
    expect(await measured(['precision'], 'binaryCrossentropy', [4, 1], values, targets, [2, 2])).toEqual({ precision: 1 / 3 });
  });

  it('keep their digits where the targets lie far from 0', async () => {
    const stream = randomStream(9, 'far');
    const targets = Array.from({ length: 200 }, () => 5000 + stream.normal());
    const values = targets.map((target) => Math.fround(target + 0.5 * stream.normal()));
    const exact = targets.map(Math.fround);
    const mean = exact.reduce((sum, y) => sum + y, 0) / exact.length;
    const wanted = 1 - exact.reduce((sum, y, at) => sum + (y - values[at]) ** 2, 0) / exact.reduce((sum, y) => sum + (y - mean) ** 2, 0);
    const { r2 } = await measured(['r2'], 'meanSquaredError', [200, 1], values, targets, [64, 64, 64, 8]);
    expect(Math.abs(r2 - wanted)).toBeLessThan(1e-6);
  });

  it('have the name that they are asked for by', async () => {
    const numbers = await measured(['mae', 'mean_squared_error', 'r2', 'RMSE'], 'meanSquaredError', [2, 1], [1, 5], [2, 3], [2]);
    expect(numbers).toEqual({ mae: 1.5, mean_squared_error: 2.5, r2: 1 - 5 / 0.5, rmse: Math.sqrt(2.5) });
    const classes = [0.9, 0.1, 0.2, 0.8, 0.6, 0.4];
    expect(
      await measured(
        ['acc', 'sparseCategoricalAccuracy', 'f1Score', 'topKCategoricalAccuracy'],
        'sparseCategoricalCrossentropy',
        [3, 2],
        classes,
        [0, 1, 1],
        [3],
      ),
    ).toEqual({ acc: 2 / 3, sparse_categorical_accuracy: 2 / 3, f1_score: 2 / 3, top_k_categorical_accuracy: 1 });
  });

  it('count margins from 0 on, and logits as what they stand for', async () => {
    expect(await measured(['accuracy', 'recall'], 'hinge', [4, 1], [0.2, -0.2, 3, -1], [1, 1, 0, 0], [4])).toEqual({
      accuracy: 0.5,
      recall: 0.5,
    });
    const metrics = makeMetrics(['accuracy'], {
      loss: makeLoss('binaryCrossentropy', 'classification'),
      task: 'classification',
      classes: [],
      targetMean: () => 0,
    });
    const example = traced([[3, 1], [3]], [Float32Array.of(0.2, -0.2, 3), Float32Array.of(1, 1, 0)], (x, y) =>
      metrics.map(({ sums }) => sums({ values: () => tf.sigmoid(x), logits: x }, y)),
    );
    expect((await runOn(openReference(), example)).get('y0')).toEqual([1]);
  });

  it('that say nothing do not divide by zero', async () => {
    expect(await measured(['precision', 'recall', 'f1Score', 'auc'], 'binaryCrossentropy', [2, 1], [0.1, 0.2], [0, 0], [2])).toEqual({
      precision: 0,
      recall: 0,
      f1_score: 0,
      auc: 0,
    });
    expect(await measured(['r2Score'], 'meanSquaredError', [2, 1], [1, 2], [3, 3], [2])).toEqual({ r2_score: 0 });
  });

  it('that mean nothing with the loss are refused', () => {
    const make = (name: string, loss: string) => () => {
      const task = taskOf(loss);
      return makeMetrics([name], { loss: makeLoss(loss, task), task, classes: [], targetMean: () => 0 });
    };
    expect(make('accuracy', 'meanSquaredError')).toThrow(expect.objectContaining({ code: 'engine.metricFit', at: '/train/metrics/0' }));
    expect(make('r2Score', 'sparseCategoricalCrossentropy')).toThrow(expect.objectContaining({ code: 'engine.metricFit' }));
    expect(make('auc', 'hinge')).toThrow(expect.objectContaining({ code: 'engine.metricFit' }));
    expect(make('accurcy', 'hinge')).toThrow(/“accuracy”/);
  });

  it('are better high or low', () => {
    for (const name of ['accuracy', 'val_auc', 'f1_score', 'val_r2', 'cosine_similarity', 'top_k_categorical_accuracy'])
      expect(betterOf(name), name).toBe('max');
    for (const name of ['loss', 'val_mae', 'root_mean_squared_error', 'poisson', 'kullback_leibler_divergence'])
      expect(betterOf(name), name).toBe('min');
  });
});
