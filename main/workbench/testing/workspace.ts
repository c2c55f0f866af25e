/** A workspace with a small notebook, for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePoints } from '#trainer/testing/table.ts';

export const pointsNotebook = `---
epochbook: 1
title: Points
---
Which side of the line?

\`\`\`ts data #points
data.csv('points.csv').target('side').split({ validation: 0.25, seed: 1 })
\`\`\`

\`\`\`ts model #network
sequential([
  layers.dense({ units: param('units', 16, { min: 1, max: 64 }), activation: 'relu' }),
  layers.dense({ activation: 'softmax' }),
])
\`\`\`

\`\`\`ts train #training
train({
  epochs: param('epochs', 4),
  batchSize: 16,
  optimizer: optimizers.adam({ learningRate: 0.01 }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  seed: 7,
})
\`\`\`
`;

export function writeWorkspace(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writePoints(folder);
  writeFileSync(join(folder, 'points.epoch.md'), pointsNotebook);
}
