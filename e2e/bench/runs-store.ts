/** Stores for the benchmark of the runs' views: many short runs for the table, some long ones for the curves. */
import type { LoggedRun } from '#contract/logged-run.ts';
import { openStore } from '#store/store.ts';

export interface StoreSize {
  readonly runs: number;
  readonly epochs: number;
  readonly metrics: number;
}

const metricNames = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'val_auc', 'val_precision', 'val_recall', 'gradientNorm'];
const activations = ['relu', 'gelu', 'tanh', 'swish'];
const optimizers = ['adam', 'sgd', 'rmsprop'];
const tags = ['cnn', 'baseline', 'augmented', 'old', 'sweep'];

/** A small generator of its own, so that every store is the same (Marsaglia's xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Six params, the last of them the repetition, which stands for a seed. */
function paramsOf(number: number, random: () => number): LoggedRun['params'] {
  return {
    learningRate: Number((10 ** (-4 + 3 * random())).toPrecision(3)),
    filters: 8 * (1 + Math.floor(8 * random())),
    dropout: Math.floor(10 * random()) / 20,
    activation: activations[number % activations.length],
    optimizer: optimizers[number % optimizers.length],
    repetition: number % 5,
  };
}

/** A falling curve with noise: where it begins, how fast it falls, where it ends differ by run and metric. */
function curve(metric: string, epochs: number, random: () => number): Float64Array {
  const falls = /loss|Norm/.test(metric);
  const speed = 0.02 + 0.2 * random();
  const floor = 0.1 + 0.4 * random();
  return Float64Array.from({ length: epochs }, (_, index) => {
    const rest = Math.exp((-speed * index * 50) / epochs) + 0.05 * (random() - 0.5);
    return falls ? floor + 2 * Math.abs(rest) : 1 - floor * Math.abs(rest) - 0.05 * random();
  });
}

export function makeRun(number: number, { epochs, metrics }: StoreSize): LoggedRun {
  const random = randomFrom(number + 1);
  const startedAt = Date.UTC(2026, 0, 1) + number * 600_000;
  const steps = Float64Array.from({ length: epochs }, (_, index) => index + 1);
  const times = steps.map((step) => startedAt + step * 250);
  return {
    tool: 'csv',
    path: `/bench/${number}`,
    key: '',
    name: `run ${number}`,
    status: number % 41 === 0 ? 'failed' : 'completed',
    startedAt,
    endedAt: startedAt + epochs * 250,
    params: paramsOf(number, random),
    tags: tags.filter(() => random() < 0.2),
    note: number % 17 === 0 ? `Trial ${number}` : '',
    series: metricNames.slice(0, metrics).map((metric) => ({ metric, epochs: steps, values: curve(metric, epochs, random), times })),
  };
}

/** Fills the store of the workspace `folder`, which is made. */
export function fillStore(folder: string, size: StoreSize): void {
  const store = openStore(folder);
  try {
    for (let number = 0; number < size.runs; number++) store.importRun(makeRun(number, size));
  } finally {
    store.close();
  }
}
