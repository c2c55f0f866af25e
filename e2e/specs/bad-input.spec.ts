/** What is wrong is said where it came from, in words that help, and the app goes on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../fixtures/launch.ts';
import { expect, test } from '../fixtures/test.ts';
import { NotebookPage } from '../pages/notebook-page.ts';

const samples = join(root, 'resources', 'samples', 'clothes');
const labels = readFileSync(join(samples, 't10k-labels-idx1-ubyte.gz'));
const images = readFileSync(join(samples, 't10k-images-idx3-ubyte.gz'));

const table = 'height,width,kind\n1,2,a\n2,1,b\n3,4,a\n4,3,b\n5,6,a\n6,5,b\n7,8,a\n8,7,b\n';
const goodData = "data.csv('table.csv').target('kind').split({ validation: 0.25, seed: 1 })";
const goodModel = "sequential([layers.dense({ units: 4, activation: 'relu' }), layers.dense({ units: 2, activation: 'softmax' })])";
const goodTrain =
  "train({ epochs: 2, batchSize: 4, optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'], seed: 1 })";

interface Case {
  readonly name: string;
  readonly files?: Record<string, string | Uint8Array>;
  readonly data?: string;
  readonly model?: string;
  readonly train?: string;
  /** The cell that is to blame, and what is said there. */
  readonly cell: 'table' | 'network' | 'training';
  readonly says: readonly RegExp[];
  /** The line in the cell that is pointed at. */
  readonly line?: number;
}

const cases: readonly Case[] = [
  {
    name: 'missing-file',
    data: "data.csv('tabel.csv').target('kind')",
    cell: 'table',
    says: [/There is no file tabel\.csv/, /Did you mean table\.csv\?/],
    line: 1,
  },
  {
    name: 'ragged-row',
    files: { 'ragged.csv': 'height,width,kind\n1,2,a\n1,2\n3,4,b\n' },
    data: "data.csv('ragged.csv').target('kind')",
    cell: 'table',
    says: [/ragged\.csv, line 3: 2 fields where the first line has 3/],
  },
  {
    name: 'text-for-a-number',
    files: { 'text.csv': `height,width,kind\n${'1,2,a\n2,3,b\n'.repeat(20)}tall,2,a\n` },
    data: "data.csv('text.csv').target('kind').split({ validation: 0.25, seed: 1 })",
    cell: 'table',
    says: [/“tall”/, /“height”/, /text\.csv, line 42/],
  },
  {
    name: 'idx-cut-short',
    files: { 'images.gz': images.subarray(0, 400_000), 'labels.gz': labels },
    data: "data.idx({\n  images: 'images.gz',\n  labels: 'labels.gz',\n})",
    cell: 'table',
    says: [/images\.gz is (a damaged gzip file|cut short)/, /Download or copy it again/],
  },
  {
    name: 'labels-outside',
    files: { 'images.gz': images, 'labels.gz': labels },
    data: "data.idx({ images: 'images.gz', labels: 'labels.gz', classNames: ['shirt', 'trouser', 'pullover'] })",
    cell: 'table',
    says: [/of labels\.gz has the label \d, but only 3 class names are given/],
  },
  {
    name: 'shape-cannot-fit',
    model: 'sequential([\n  layers.dense({ units: 4 }),\n  layers.conv2d({ filters: 4, kernelSize: 3 }),\n])',
    cell: 'network',
    says: [/Conv2D/, /takes an image/],
    line: 3,
  },
  {
    name: 'loss-does-not-fit',
    train: goodTrain.replace('sparseCategoricalCrossentropy', 'binaryCrossentropy'),
    cell: 'training',
    says: [/binaryCrossentropy/, /softmax/],
  },
  {
    name: 'endless-loop',
    model: `let steps = 0;\nwhile (true) steps += 1;\n${goodModel}`,
    cell: 'network',
    says: [/The cells ran for more than [\d.]+ s and were stopped/, /loop without an end/],
  },
  {
    name: 'misspelt-layer',
    model: "sequential([\n  layers.densse({ units: 2, activation: 'softmax' }),\n])",
    cell: 'network',
    says: [/layers has no “densse”/, /Did you mean “dense”/],
    line: 2,
  },
];

test('what is wrong is named in its cell', async ({ open, workspace }) => {
  test.slow();
  workspace.write('table.csv', table);
  for (const { name, data = goodData, model = goodModel, train = goodTrain } of cases) {
    workspace.write(
      `${name}.epoch.md`,
      `---\nepochbook: 1\ntitle: ${name}\n---\n\n\`\`\`ts data #table\n${data}\n\`\`\`\n\n\`\`\`ts model #network\n${model}\n\`\`\`\n\n\`\`\`ts train #training\n${train}\n\`\`\`\n`,
    );
  }
  const { page } = await open(`${cases[0].name}.epoch.md`);
  const notebook = new NotebookPage(page);
  for (const { name, files = {}, cell, says, line } of cases) {
    await test.step(name, async () => {
      // Two have files of the same name.
      for (const [path, content] of Object.entries(files)) workspace.write(path, content);
      await page.getByRole('treeitem', { name }).click();
      await notebook.shows(name);
      await notebook.runAll();
      await expect(notebook.state(cell)).toHaveAccessibleName(`Cell ${cell}: failed`, { timeout: 60_000 });
      for (const words of says) await expect(notebook.error(cell)).toContainText(words);
      if (line !== undefined) await expect(notebook.error(cell).getByRole('button', { name: `Go to line ${line}` })).toBeVisible();
      // Only the cell that is to blame has an alert, and nothing was trained.
      await expect(page.getByRole('main').getByRole('alert')).toHaveCount(1);
      await expect(page.getByText('Trained runs appear here')).toBeVisible();
    });
  }
});

test('after a mistake is mended the notebook trains', async ({ open, workspace }) => {
  workspace.write('table.csv', table);
  workspace.write(
    'mended.epoch.md',
    `---\nepochbook: 1\ntitle: mended\n---\n\n\`\`\`ts data #table\n${goodData}\n\`\`\`\n\n\`\`\`ts model #network\nsequential([layers.dense({ units: 0 })])\n\`\`\`\n\n\`\`\`ts train #training\n${goodTrain}\n\`\`\`\n`,
  );
  const { page } = await open('mended.epoch.md');
  const notebook = new NotebookPage(page);
  await notebook.shows('mended');
  await notebook.runAll();
  await expect(notebook.state('network')).toHaveAccessibleName('Cell network: failed', { timeout: 60_000 });
  await notebook.replaceText('network', goodModel);
  await notebook.runAll();
  await notebook.runEnds('completed');
  await expect(notebook.run()).toContainText('2 epochs in');
});
