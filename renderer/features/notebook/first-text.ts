/** What a new cell holds: enough to show what belongs there, fitting the data above it where that is known. */
import type { CellKind, DataPreview } from '#contract/notebook.ts';

export type KnownData = Pick<DataPreview, 'inputShape' | 'classes'>;

export function firstText(kind: CellKind, data?: KnownData): string {
  if (kind === 'data') return "data.csv('table.csv')\n  .split({ validation: 0.2, seed: 1 })\n";
  if (kind === 'model') return modelText(data);
  return kind === 'train' ? trainText(data === undefined || data.classes !== undefined) : '';
}

const classesUnlessKnown = 10;

function modelText(data: KnownData | undefined): string {
  // Of pictures and series the numbers of a sample are put in a row.
  const flatten = (data?.inputShape.length ?? 1) > 1 ? ['layers.flatten()'] : [];
  const classes = data ? data.classes?.length : classesUnlessKnown;
  const last = classes === undefined ? 'layers.dense({ units: 1 })' : `layers.dense({ units: ${classes}, activation: 'softmax' })`;
  const layers = [...flatten, "layers.dense({ units: 32, activation: 'relu' })", last];
  return `sequential([\n${layers.map((layer) => `  ${layer},\n`).join('')}])\n`;
}

function trainText(hasClasses: boolean): string {
  const [loss, metric] = hasClasses ? ['sparseCategoricalCrossentropy', 'accuracy'] : ['meanSquaredError', 'meanAbsoluteError'];
  return `train({
  epochs: 10,
  batchSize: 128,
  optimizer: optimizers.adam({ learningRate: 1e-3 }),
  loss: '${loss}',
  metrics: ['${metric}'],
  seed: 1,
})
`;
}
