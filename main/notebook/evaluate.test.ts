import { describe, expect, it } from 'vitest';
import { EpochbookError, type PlainError } from '#contract/errors.ts';
import { type Evaluated, evaluateNotebook, type EvaluateOptions } from './evaluate.ts';
import { parseNotebook } from './parse.ts';

type Cell = readonly [kind: 'data' | 'model' | 'train' | 'code', source: string, id?: string];

/** A notebook of cells; the first cell's text starts in line 6, and each next two lines after the one before. */
function notebook(...cells: Cell[]): string {
  return `---\nepochbook: 1\ntitle: T\n---\n${cells.map(([kind, source, id], index) => `\`\`\`ts ${kind} #${id ?? `c${index}`}\n${source}\n\`\`\`\n`).join('')}`;
}
const run = (cells: Cell[], options?: EvaluateOptions): Promise<Evaluated> =>
  evaluateNotebook(parseNotebook(notebook(...cells)).blocks, options);

const data: Cell = ['data', `data.csv('a.csv').target('y').split({ validation: 0.2 })`, 'table'];
const model: Cell = ['model', 'sequential([layers.dense({ units: 3 })])', 'network'];
const train: Cell = ['train', `train({ loss: 'meanSquaredError' })`, 'training'];

async function onlyError(kind: Cell[0], source: string, options?: EvaluateOptions): Promise<PlainError> {
  const { cells } = await run([[kind, source]], options);
  expect(cells[0].status).toBe('failed');
  return cells[0].error!;
}

function thrown(action: () => unknown): EpochbookError {
  try {
    action();
  } catch (error) {
    if (error instanceof EpochbookError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a spec', () => {
  it('is what the cells say, defaults filled in', async () => {
    const { specFor, cells } = await run([data, model, train]);
    expect(cells.map((cell) => cell.status)).toEqual(['ok', 'ok', 'ok']);
    expect(specFor()).toEqual({
      version: 1,
      data: {
        source: { format: 'csv', path: 'a.csv' },
        steps: [
          { op: 'target', column: 'y' },
          { op: 'split', validation: 0.2 },
        ],
      },
      model: { class_name: 'Sequential', config: { layers: [{ class_name: 'Dense', config: { units: 3 } }] } },
      train: {
        epochs: 10,
        batchSize: 32,
        optimizer: { class_name: 'Adam', config: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } },
        loss: 'meanSquaredError',
        metrics: [],
        callbacks: [],
        seed: 0,
        shuffle: true,
      },
    });
  });

  it('takes a filter for a formula where nothing else is said of a column', async () => {
    const { dataSpecOf } = await run([['data', `data.csv('a.csv').filter('a / b > 3').filter('a', { min: 1 })`]]);
    expect(dataSpecOf('c0').steps).toEqual([
      { op: 'where', expression: 'a / b > 3' },
      { op: 'filter', column: 'a', min: 1 },
    ]);
  });

  it('takes every kind of data step', async () => {
    const { dataSpecOf } = await run([
      [
        'data',
        `data.tsv('d/a.tsv', { header: false }).select('a', 'b').select(['a']).target('b', { kind: 'number' }).take(5)
  .normalize('a').normalize(['a'], { method: 'minMax' }).normalize({ method: 'standard' }).oneHot().split({ validation: 10, test: 0.1, stratify: true, seed: 3 })`,
      ],
      ['data', `data.idx({ images: 'i', labels: 'l', classNames: ['a', 'b'], scale: 1 }).take(3)`],
    ]);
    expect(dataSpecOf('c0')).toEqual({
      source: { format: 'csv', delimiter: '\t', path: 'd/a.tsv', header: false },
      steps: [
        { op: 'select', columns: ['a', 'b'] },
        { op: 'select', columns: ['a'] },
        { op: 'target', column: 'b', kind: 'number' },
        { op: 'take', count: 5 },
        { op: 'normalize', columns: ['a'] },
        { op: 'normalize', columns: ['a'], method: 'minMax' },
        { op: 'normalize', method: 'standard' },
        { op: 'oneHot' },
        { op: 'split', validation: 10, test: 0.1, stratify: true, seed: 3 },
      ],
    });
    expect(dataSpecOf('c1').source).toEqual({ format: 'idx', images: 'i', labels: 'l', classNames: ['a', 'b'], scale: 1 });
  });

  it('takes preparation, and other data as a part with the places of its own', async () => {
    const { dataSpecOf, locate } = await run([
      [
        'data',
        `data.parquet('a.parquet').filter('a', { min: 1 }).cast('a', 'b', { to: 'number' }).impute('a', { method: 'mean' }).standardize()
  .minMax('a').clip(['a'], { max: 5 })
  .withValidation(data.parquet('b.parquet').take(7))`,
      ],
    ]);
    expect(dataSpecOf('c0')).toEqual({
      source: { format: 'parquet', path: 'a.parquet' },
      steps: [
        { op: 'filter', column: 'a', min: 1 },
        { op: 'cast', columns: ['a', 'b'], to: 'number' },
        { op: 'impute', columns: ['a'], method: 'mean' },
        { op: 'normalize', method: 'standard' },
        { op: 'normalize', method: 'minMax', columns: ['a'] },
        { op: 'clip', columns: ['a'], max: 5 },
        { op: 'withValidation', data: { source: { format: 'parquet', path: 'b.parquet' }, steps: [{ op: 'take', count: 7 }] } },
      ],
    });
    expect(locate('/data/steps/6/data/source/path', 'c0')).toMatchObject({ cell: 'c0', cellLine: 3, column: 19 });
  });

  it('says what goes into and comes out of a model with several inputs and outputs', async () => {
    const source = `
const size = input({ name: 'size' });
const place = input({ name: 'place' });
const joined = layers.concatenate().apply([size, place]);
model({ inputs: [size, place], outputs: [layers.dense({ name: 'price' }).apply(joined), layers.dense({ name: 'kind' }).apply(joined)] })`;
    const { specFor, cells } = await run([
      ['data', `data.csv('a.csv').inputs({ size: ['w', 'h'], place: ['x'] }).targets({ price: 'p', kind: 'k' })`],
      ['model', source],
      [
        'train',
        `train({ loss: { price: losses.huber({ delta: 2 }), kind: losses.sparseCategoricalCrossentropy }, lossWeights: { price: 0.5 }, metrics: { kind: ['acc'] } })`,
      ],
    ]);
    expect(cells.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    const { data: table, model: network, train: settings } = specFor();
    expect(table.steps).toEqual([
      { op: 'inputs', columns: { size: ['w', 'h'], place: ['x'] } },
      { op: 'targets', columns: { price: 'p', kind: 'k' } },
    ]);
    expect(network.config['input_layers']).toEqual([
      ['size', 0, 0],
      ['place', 0, 0],
    ]);
    expect(settings).toMatchObject({
      loss: { price: { class_name: 'Huber', config: { delta: 2 } }, kind: 'sparseCategoricalCrossentropy' },
      lossWeights: { price: 0.5 },
      metrics: { kind: ['acc'] },
    });
    expect(await onlyError('train', `train({ loss: { price: 'meanSquaredErro' } })`)).toMatchObject({ code: 'notebook.wrongOption' });
  });

  it('of a layer that returns its states names each output, and another begins with them', async () => {
    const { modelSpecOf } = await run([
      data,
      [
        'model',
        `const x = input({ shape: [5, 4], name: 'in' })
const [read, h, c] = layers.lstm({ units: 3, returnState: true, name: 'reader' }).apply(x)
const [back, ...states] = layers.bidirectional({ layer: layers.gru({ units: 3, returnState: true }) }).apply(x)
const written = layers.lstm({ units: 3, name: 'writer' }).apply(x, { initialState: [h, c] })
model({ inputs: x, outputs: layers.concatenate().apply([written, read, back, ...states]) })`,
      ],
      train,
    ]);
    const layers = (modelSpecOf('c1') as unknown as { config: { layers: { name: string; inbound_nodes: unknown }[] } }).config.layers;
    const nodesOf = (wanted: string) => layers.find(({ name }) => name === wanted)!.inbound_nodes;
    expect(nodesOf('writer')).toEqual([
      [
        ['in', 0, 0, {}],
        ['reader', 0, 1, {}],
        ['reader', 0, 2, {}],
      ],
    ]);
    expect(nodesOf('concatenate')).toEqual([
      [
        ['writer', 0, 0, {}],
        ['reader', 0, 0, {}],
        ['bidirectional', 0, 0, {}],
        ['bidirectional', 0, 1, {}],
        ['bidirectional', 0, 2, {}],
      ],
    ]);
    expect(layers.map(({ name }) => name).toSorted()).toEqual(['bidirectional', 'concatenate', 'in', 'reader', 'writer']);
  });

  it('of a layer that is applied backwards says where', async () => {
    const { modelSpecOf } = await run([
      data,
      [
        'model',
        `const x = input({ shape: [4], name: 'in' })
const words = layers.reversibleEmbedding({ inputDim: 5, outputDim: 3 })
model({ inputs: x, outputs: words.apply(layers.dense({ units: 3 }).apply(words.apply(x)), { reverse: true }) })`,
      ],
      train,
    ]);
    const { layers } = (
      modelSpecOf('c1') as unknown as {
        config: { layers: { name: string; inbound_nodes: unknown }[] };
      }
    ).config;
    expect(layers.find(({ name }) => name === 'reversible_embedding')!.inbound_nodes).toEqual([
      [['in', 0, 0, {}]],
      [['dense', 0, 0, { reverse: true }]],
    ]);
  });

  it('of a functional model lists layers once, with a node for each use', async () => {
    const { modelSpecOf, locate } = await run([
      data,
      [
        'model',
        `const x = input({ shape: [4], name: 'in' })
const shared = layers.dense({ units: 2 })
const joined = layers.add().apply([shared.apply(x), shared.apply(layers.dense({ units: 4, name: 'dense' }).apply(x))])
model({ inputs: x, outputs: joined })`,
      ],
      train,
    ]);
    expect(modelSpecOf('c1')).toEqual({
      class_name: 'Functional',
      config: {
        name: 'model',
        layers: [
          { class_name: 'InputLayer', name: 'in', config: { name: 'in', batchInputShape: [null, 4] }, inbound_nodes: [] },
          {
            class_name: 'Dense',
            name: 'dense_1',
            config: { units: 2, name: 'dense_1' },
            inbound_nodes: [[['in', 0, 0, {}]], [['dense', 0, 0, {}]]],
          },
          { class_name: 'Dense', name: 'dense', config: { units: 4, name: 'dense' }, inbound_nodes: [[['in', 0, 0, {}]]] },
          {
            class_name: 'Add',
            name: 'add',
            config: { name: 'add' },
            inbound_nodes: [
              [
                ['dense_1', 0, 0, {}],
                ['dense_1', 1, 0, {}],
              ],
            ],
          },
        ],
        input_layers: [['in', 0, 0]],
        output_layers: [['add', 0, 0]],
      },
    });
    expect(locate('/model/config/layers/1/config/units')).toMatchObject({ cell: 'c1', cellLine: 2, column: 16 });
    expect(locate('/model/config/layers/3/inbound_nodes')).toMatchObject({ cellLine: 3 });
  });

  it('uses the nearest data and model above, or the ones named', async () => {
    const evaluated = await run([
      ['data', `const first = data.csv('first.csv'); first`, 'first'],
      ['data', `data.csv('second.csv')`, 'second'],
      ['model', 'const small = sequential([layers.dense({ units: 1 })]); small', 'small'],
      ['train', `train({ loss: 'mse' })`, 'near'],
      ['model', 'sequential([layers.dense({ units: 9 })])', 'large'],
      ['train', `train({ loss: 'mse', data: first, model: small })`, 'named'],
    ]);
    const units = (id: string) => JSON.stringify(evaluated.specFor(id).model);
    expect(evaluated.specFor('near').data.source).toMatchObject({ path: 'second.csv' });
    expect(units('near')).toContain('"units":1');
    expect(evaluated.specFor('named').data.source).toMatchObject({ path: 'first.csv' });
    expect(units('named')).toContain('"units":1');
    expect(evaluated.sourcesOf('near')).toEqual({ data: 'second', model: 'small' });
    expect(evaluated.sourcesOf('named')).toEqual({ data: 'first', model: 'small' });
    expect(evaluated.locate('/data/source', 'named')).toMatchObject({ cell: 'first' });
    expect(evaluated.locate('/data/source', 'second')).toMatchObject({ cell: 'second' });
    expect(thrown(() => evaluated.specFor()).code).toBe('notebook.whichTrain');
    expect(thrown(() => evaluated.specFor('small')).code).toBe('notebook.notTrain');
    expect(thrown(() => evaluated.specFor('nope')).code).toBe('notebook.noCell');
  });

  it.each([
    [[model, train], 'notebook.noDataAbove', 9],
    [[data, train], 'notebook.noModelAbove', 9],
    [[data, model], 'notebook.noTrain', undefined],
    [[['data', 'nope()'], model, train] as Cell[], 'notebook.notDefined', 6],
    [[data, ['model', 'layers.dense({ unit: 1 })'], train] as Cell[], 'notebook.unknownOption', 9],
  ])('cannot be made of %#: %s', async (cells, code, line) => {
    const { specFor } = await run(cells);
    const error = thrown(() => specFor());
    expect([error.code, error.where?.line]).toEqual([code, line]);
  });

  it('finds the call behind a pointer, also in a helper of another cell', async () => {
    const { locate } = await run([
      ['code', 'const block = (filters: number) => [\n  layers.conv2d({ filters, kernelSize: 3 }),\n  layers.maxPooling2d()]'],
      ['data', `data\n  .csv('a.csv')\n  .target('y')`],
      ['model', 'sequential([\n  ...block(4),\n  layers.flatten(), layers.dense({ units: 3, kernelRegularizer: regularizers.l2() })])'],
      ['train', `train({ loss: 'mse', optimizer: optimizers.sgd(),\n  callbacks: [callbacks.earlyStopping()] })`],
    ]);
    const at = (pointer: string) => {
      const where = locate(pointer)!;
      return [where.cell, where.cellLine, where.column];
    };
    expect(at('/model/config/layers/0/config/filters')).toEqual(['c0', 2, 3]);
    expect(at('/model/config/layers/2')).toEqual(['c2', 3, 3]);
    expect(at('/model/config/layers/3')).toEqual(['c2', 3, 21]);
    expect(at('/model/config/layers/3/config/kernelRegularizer/config/l2')).toEqual(['c2', 3, 65]);
    expect(at('/model/config/name')).toEqual(['c2', 1, 1]);
    expect(at('/data/source/path')).toEqual(['c1', 2, 4]);
    expect(at('/data/steps/0/column')).toEqual(['c1', 3, 4]);
    expect(at('/train/loss')).toEqual(['c3', 1, 1]);
    expect(at('/train/optimizer/config/learningRate')).toEqual(['c3', 1, 33]);
    expect(at('/train/callbacks/0')).toEqual(['c3', 2, 15]);
    expect(locate('/train')!.line).toBe(21);
  });
});

describe('cells', () => {
  it('see the names of the cells above, types and all, and show their values', async () => {
    const { cells } = await run([
      [
        'code',
        `interface Size { width: number }\nconst size: Size = { width: 28 as const }\nfunction double<T extends number>(x: T): number { return x * 2 }\nsize`,
      ],
      ['code', '[double(size.width), "text", null, undefined, 1n, /x/, () => 1, [1, [2, [3, [4, [5, [6]]]]]]]'],
      ['code', '"plain text"'],
      ['code', 'layers.dense({ units: 2 })'],
      ['code', 'let nothing'],
    ]);
    expect(cells.map((cell) => cell.text)).toEqual([
      '{ width: 28 }',
      '[56, "text", null, undefined, 1n, {}, function , [1, [2, [3, [4, […]]]]]]',
      'plain text',
      undefined,
      undefined,
    ]);
  });

  it.each<[kind: Cell[0], source: string, code: string, line: number, column: number, endColumn: number | undefined]>([
    ['code', 'const a = 1\nconst = 2', 'notebook.syntax', 2, 7, 8],
    ['code', 'enum A { B }', 'notebook.unsupportedSyntax', 1, 1, 13],
    ['code', 'let 名 = "😀"; import x from "y"', 'notebook.noImports', 1, 15, 21],
    ['code', '\tlet 名 = "é́😀"; = 2', 'notebook.syntax', 1, 18, 19],
    ['code', 'export const a = 1', 'notebook.noImports', 1, 1, 7],
    ['code', 'const a = 1\n  nope.x', 'notebook.notDefined', 2, 3, 7],
    ['code', '"😀名"; layesr.dense({})', 'notebook.notDefinedNearest', 1, 8, 14],
    ['code', 'undefined.x', 'notebook.thrown', 1, 11, 12],
    ['code', 'throw new RangeError("own words")', 'notebook.thrown', 1, 11, 21],
    ['code', 'throw "text"', 'notebook.thrown', 1, 1, undefined],
    ['code', 'const r = () => r() + 1\nr()', 'notebook.tooDeep', 1, 17, 18],
    ['model', 'const network = sequential([layers.dense({ units: 1 })])', 'notebook.wantsName', 1, 1, 57],
    ['model', '1 + 1\n\n', 'notebook.wantsModel', 1, 1, 6],
    ['data', 'sequential([layers.flatten()])', 'notebook.wantsData', 1, 1, 31],
    ['train', '', 'notebook.wantsTrain', 1, 1, 2],
    ['model', 'sequential([\n  layers.dense({ unit: 3 })])', 'notebook.unknownOption', 2, 3, 15],
    ['model', 'sequential([layers.dense({ zzzzzz: 3 })])', 'notebook.unknownOptionAll', 1, 13, 25],
    ['model', 'sequential([layers.conv2d({ filters: 3 })])', 'notebook.missingOption', 1, 13, 26],
    ['model', 'sequential([layers.dense({ units: "ten" })])', 'notebook.wrongOption', 1, 13, 25],
    ['model', 'sequential([layers.dense({ units: 2.5 })])', 'notebook.wrongOption', 1, 13, 25],
    ['model', 'sequential([layers.dense({ units: 2, activation: "rleu" })])', 'notebook.unknownName', 1, 13, 25],
    ['model', 'sequential([layers.dropout({ rate: 1 })])', 'notebook.wrongOption', 1, 13, 27],
    ['model', 'sequential([layers.dropout({ rate: NaN })])', 'notebook.wrongOption', 1, 13, 27],
    ['model', 'sequential([layers.dense])', 'notebook.layerFunction', 1, 1, 11],
    ['model', 'sequential([])', 'notebook.emptyModel', 1, 1, 11],
    ['model', 'sequential([layers.flatten({ name: "a" }), layers.flatten({ name: "a" })])', 'notebook.layerNameTwice', 1, 1, 11],
    ['model', 'layers.conv2D({})', 'notebook.unknownMethodNearest', 1, 8, 14],
    ['model', 'layers.textVectorization({})', 'engine.layerElsewhere', 1, 8, 25],
    ['model', 'layers.pipeline([])', 'engine.layerElsewhere', 1, 8, 16],
    ['model', 'model({ inputs: input(), outputs: layers.flatten().apply(input()) })', 'notebook.disconnected', 1, 1, 6],
    ['model', 'layers.add().apply(3)', 'notebook.layerInputs', 1, 14, 19],
    ['model', 'layers.add().apply(input(), { initialState: [input()] })', 'notebook.noStates', 1, 14, 19],
    ['model', 'layers.add().apply(input(), { reverse: true })', 'notebook.notReversible', 1, 14, 19],
    ['data', `data.csv('a').normalise()`, 'notebook.unknownMethodNearest', 1, 15, 24],
    ['data', `data.cvs('a')`, 'notebook.unknownMethodNearest', 1, 6, 9],
    ['data', 'data.csv()', 'notebook.wrongArgument', 1, 1, 9],
    ['data', `data.idx({ images: 'a', labels: 'b' }).target('x')`, 'notebook.wrongStep', 1, 40, 46],
    ['data', `data.csv('a').target('x').target('y')`, 'notebook.stepTwice', 1, 27, 33],
    ['data', `data.csv('a').split({ validation: 0.6, test: 0.5 })`, 'notebook.splitTooMuch', 1, 15, 20],
    ['data', `data.csv('a').split({ validation: 1.5 })`, 'notebook.splitNothing', 1, 15, 20],
    ['data', `data.csv('a').take(0)`, 'notebook.wrongArgument', 1, 15, 19],
    ['train', 'train()', 'notebook.wrongArgument', 1, 1, 6],
    ['train', 'train({})', 'notebook.missingOption', 1, 1, 6],
    ['train', `train({ loss: 'meanSquareError' })`, 'notebook.unknownName', 1, 1, 6],
    ['train', `train({ loss: 'mse', optimizer: optimizers.adam({ lr: 1 }) })`, 'notebook.unknownOptionAll', 1, 33, 48],
    ['train', `train({ loss: 'mse', data: 'a.csv' })`, 'notebook.wrongOption', 1, 1, 6],
    ['train', `train({ loss: 'mse', epochs: 0 })`, 'notebook.wrongOption', 1, 1, 6],
    ['train', `train({ loss: 'mse', callbacks: [callbacks.earlyStoping()] })`, 'notebook.unknownMethodNearest', 1, 44, 56],
    ['code', `param('a b', 1)`, 'notebook.paramName', 1, 1, 6],
    ['code', `param('a', [1])`, 'notebook.wrongArgument', 1, 1, 6],
    ['code', `param('a', 5, { min: 1, max: 4 })`, 'notebook.paramValue', 1, 1, 6],
    ['code', `param('a', 5, { min: 8, max: 4 })`, 'notebook.paramRange', 1, 1, 6],
    ['code', `param('a', 0, { log: true })`, 'notebook.paramLog', 1, 1, 6],
    ['code', `param('a', 'x', { choices: ['y'] })`, 'notebook.paramValue', 1, 1, 6],
    ['code', `param('a', 1); param('b', 2); param('a', 2)`, 'notebook.paramTwice', 1, 31, 36],
  ])('%s: %j is %s at its place', async (kind, source, code, line, column, endColumn) => {
    const error = await onlyError(kind, source);
    const { where } = error;
    expect([error.code, where?.cellLine, where?.column, where?.endColumn], error.message).toEqual([code, line, column, endColumn]);
    expect(where).toMatchObject({ cell: 'c0', line: line + 5 });
  });

  it('name the right option and the wrong value in the message', async () => {
    expect((await onlyError('model', 'layers.conv2d({ filter: 3 })')).message).toBe(
      'layers.conv2d(…) has no option “filter”. Did you mean “filters”?',
    );
    expect((await onlyError('model', 'layers.dropout({ rate: "a" })')).message).toBe(
      `layers.dropout(…): “rate” takes 0 ≤ number < 1; here it is 'a'.`,
    );
  });

  it('count places in the file through line ends of two characters', async () => {
    const text = notebook(['code', 'const a = `\n`\nnope'], ['code', 'nope2']).replaceAll('\n', '\r\n');
    const { cells } = await evaluateNotebook(parseNotebook(text).blocks, { file: 'n.epoch.md' });
    expect(cells.map((cell) => cell.error?.where)).toMatchObject([
      { file: 'n.epoch.md', line: 8, column: 1, cellLine: 3, cell: 'c0' },
      { line: 11, column: 1, cellLine: 1, cell: 'c1' },
    ]);
  });

  it('wait for the cell they need, and for no other', async () => {
    const { cells } = await run([
      ['code', 'const size = nope', 'size'],
      ['model', 'sequential([layers.dense({ units: size })])', 'needs'],
      ['model', 'sequential([layers.dense({ units: 1 })])', 'free'],
    ]);
    expect(cells.map((cell) => cell.status)).toEqual(['failed', 'blocked', 'ok']);
    expect(cells[1].error).toMatchObject({ code: 'notebook.blocked', values: { cell: 'size' } });
  });

  it('report a name declared twice, with the cell that has it', async () => {
    const { cells } = await run([
      ['code', 'const a = 1'],
      ['code', '1\n  const a = 2'],
      ['code', 'const layers = 1'],
    ]);
    expect(cells[1].error).toMatchObject({
      code: 'notebook.redeclaredIn',
      values: { name: 'a', cell: 'c0' },
      where: { cellLine: 2, column: 9 },
    });
    expect(cells[2].status).toBe('ok');
  });

  it('are evaluated as far as asked', async () => {
    const { cells } = await run([data, model, ['code', 'nope']], { until: 'network' });
    expect(cells.map((cell) => cell.id)).toEqual(['table', 'network']);
  });

  it('are evaluated once while nothing changes', async () => {
    const first = await run([data, model, train]);
    expect(await run([data, model, train])).toBe(first);
    expect(await run([data, model, train], { knobs: { a: 1 } })).not.toBe(first);
  });
});

describe('knobs', () => {
  const cells: Cell[] = [
    [
      'model',
      `sequential([layers.dense({ units: param('units', 8, { min: 1, max: 64 }), activation: param('act', 'relu', { choices: ['relu', 'tanh'] }) })])`,
      'm',
    ],
    ['code', `param('units', 8, { min: 1, max: 64 })`],
  ];

  it('are listed once with their cell, and set from outside', async () => {
    const { knobs, modelSpecOf, cells: results } = await run(cells, { knobs: { units: 16, act: 'tanh' } });
    expect(knobs).toEqual([
      { name: 'units', value: 16, default: 8, min: 1, max: 64, cell: 'm' },
      { name: 'act', value: 'tanh', default: 'relu', choices: ['relu', 'tanh'], cell: 'm' },
    ]);
    expect(modelSpecOf('m').config).toEqual({ layers: [{ class_name: 'Dense', config: { units: 16, activation: 'tanh' } }] });
    expect(results[1].text).toBe('16');
  });

  it.each([
    [{ units: 65 }, 'notebook.knobRange'],
    [{ units: 'many' }, 'notebook.knobType'],
    [{ units: NaN }, 'notebook.knobType'],
    [{ act: 'elu' }, 'notebook.knobRange'],
  ])('refuse %j', async (knobs, code) => {
    const { cells: results } = await run(cells, { knobs });
    expect(results[0]).toMatchObject({ status: 'failed', error: { code, where: { cellLine: 1 } } });
  });

  it('that no cell defines are told, with the nearest name', async () => {
    const { knobProblems } = await run(cells, { knobs: { unit: 3, zzzzzz: 1 } });
    expect(knobProblems.map(({ code, values }) => [code, values?.['nearest']])).toEqual([
      ['notebook.knobUnknownNearest', 'units'],
      ['notebook.knobUnknown', undefined],
    ]);
  });
});

describe('hostile cells', () => {
  // Long enough for a cell that does nothing on a machine that does much else.
  const limits = { cellMs: 700 };

  it.each([
    ['a loop', 'while (true) {}'],
    ['a loop that catches', 'for (;;) { try { while (true) {} } catch {} finally { continue } }'],
    ['a regular expression that backtracks', '/(a+)+$/.test("a".repeat(40) + "b")'],
    ['a built-in over a huge array-like', 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    ['a sparse array filled', 'new Array(4e9).fill(0)'],
    ['a getter that never ends, thrown', 'throw { get message() { for (;;) {} } }'],
    ['a proxy as the value', 'new Proxy({}, { ownKeys() { for (;;) {} } })'],
    ['a getter in a builder’s options', 'layers.dense({ get units() { for (;;) {} } })'],
  ])('%s: stopped, with the cells above kept and those below blocked', async (_name, source) => {
    const { cells } = await run(
      [
        ['code', '"before"'],
        ['code', source],
        ['code', '"after"'],
      ],
      { limits },
    );
    expect(cells.map((cell) => cell.status)).toEqual(['ok', 'failed', 'blocked']);
    expect(['notebook.tooLong', 'notebook.tooMuchMemory']).toContain(cells[1].error?.code);
    expect(cells[2].error).toMatchObject({ code: 'notebook.blockedAll', values: { cell: 'c1' } });
  });

  it('are not those of a long notebook that take long together', async () => {
    const slow = 'const end = Date.now() + 300; while (Date.now() < end) {} 1';
    const { cells } = await run(
      Array.from({ length: 3 }, (_, index): Cell => ['code', slow.replaceAll('end', `end${index}`)]),
      { limits },
    );
    expect(cells.map((cell) => cell.text)).toEqual(['1', '1', '1']);
  });

  it.each([
    ['a string', '"a".repeat(2 ** 29)'],
    ['a list', 'const list = []; for (;;) list.push("x".repeat(1000) + list.length)'],
    ['a buffer', 'new ArrayBuffer(2 ** 31)'],
  ])('%s too large for the memory fails', async (_name, source) => {
    const { cells } = await run([['code', source]]);
    expect(cells[0].status).toBe('failed');
    expect(['notebook.tooMuchMemory', 'notebook.thrown', 'notebook.tooLong']).toContain(cells[0].error?.code);
  });

  it.each([
    ['JSON', 'JSON.parse("[".repeat(1e6))'],
    ['brackets', `${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['a regular expression', 'new RegExp("(".repeat(1e5) + ")".repeat(1e5))'],
    ['an object', 'let o = {}; for (let i = 0; i < 1e5; i += 1) o = { o }; JSON.stringify(o)'],
    [
      'a layer in a layer',
      'let l = layers.dense({ units: 1 }); for (let i = 0; i < 1000; i += 1) l = layers.timeDistributed({ layer: l }); sequential([l])',
    ],
  ])('%s nested too deeply leaves the next evaluation alone', async (_name, source) => {
    const { cells } = await run([['code', source]]);
    expect(['failed', 'ok']).toContain(cells[0].status);
    expect((await run([['code', `1 + 1 // after ${_name}`]])).cells[0]).toMatchObject({ status: 'ok', text: '2' });
  });

  it.each([
    [
      'a model put into itself over and over',
      'let m = sequential([layers.flatten()]); for (let i = 0; i < 64; i += 1) m = sequential([m, m]); m',
    ],
    ['builders without end', 'for (;;) layers.flatten()'],
    ['long texts to builders', `const name = 'x'.repeat(1e6); for (;;) layers.flatten({ name })`],
  ])('%s is stopped by a count', async (_name, source) => {
    expect(await onlyError('code', source, { limits: { cellMs: 20_000, totalMs: 20_000 } })).toMatchObject({
      code: 'notebook.tooManyCalls',
    });
  });

  it('have nothing of the host’s in reach', async () => {
    const names = ['process', 'require', 'module', 'global', 'Buffer', 'fetch', 'WebAssembly', 'setTimeout', 'std', 'os', 'host', 'table'];
    const { cells } = await run([
      ['code', `[${names.map((name) => `typeof ${name}`).join(', ')}].filter((type) => type !== 'undefined')`],
      ['code', '(function () { return typeof this })()'],
      [
        'code',
        `new Function('return typeof process')() + (0, eval)('typeof require') + layers.dense.constructor('return typeof process')()`,
      ],
      ['code', 'import("node:fs").then(() => { throw new Error("loaded") }); 1'],
    ]);
    expect(cells.map((cell) => cell.text)).toEqual(['[]', 'undefined', 'undefinedundefinedundefined', '1']);
  });

  it('cannot change what the next cells’ builders check, and spoil only themselves', async () => {
    const tampering = `
      Array.isArray = () => true; JSON.stringify = () => '{"node":0}'; JSON.parse = () => ({ value: 1 })
      Object.keys = () => []; Array.prototype.push = () => 0; WeakMap.prototype.get = () => 0
      Object.prototype.$node = 0; Object.prototype.failure = 0
      globalThis.Error = class { get stack() { return 'cell-99:1:1' } }
      1`;
    const { cells } = await run([['code', tampering], data, ['model', 'sequential([layers.dense({ unit: 3 })])']]);
    expect(cells[0].status).toBe('ok');
    expect(cells[2].status).toBe('failed');
    expect((await run([data, model])).cells.map((cell) => cell.status)).toEqual(['ok', 'ok']);
  });

  it('says which options there are where they are not given as such', async () => {
    expect(await onlyError('data', `data.csv('a').memory(1)`)).toMatchObject({ values: { wanted: '{ megabytes: … }', found: '1' } });
  });

  it('cannot make a builder believe in something that was never built', async () => {
    expect(await onlyError('model', 'sequential([{ $node: 12345 }])')).toMatchObject({ code: 'notebook.wrongArgument' });
    expect(await onlyError('model', 'sequential([{ class_name: "Dense", config: { units: () => 1 } }])')).toMatchObject({
      code: 'notebook.wrongArgument',
    });
    expect(await onlyError('code', 'throw Object.assign(new Error("forged"), { epochbook: 7 })')).toMatchObject({
      code: 'notebook.thrown',
    });
    expect(await onlyError('code', 'throw null')).toMatchObject({ code: 'notebook.thrown', message: 'null' });
  });

  it('of more than a megabyte are not evaluated', async () => {
    expect(await onlyError('code', `// ${'x'.repeat(1_100_000)}`)).toMatchObject({ code: 'notebook.tooBig' });
  });

  it('at once do not disturb one another', async () => {
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) => run([['code', index % 2 === 0 ? `${index}` : `for (;;) {} // ${index}`]], { limits })),
    );
    expect(results.map(({ cells }) => cells[0].text ?? cells[0].error?.code)).toEqual([
      '0',
      'notebook.tooLong',
      '2',
      'notebook.tooLong',
      '4',
      'notebook.tooLong',
    ]);
  });
});
