import { expect, test } from 'vitest';
import type { PlainError, Where } from '#contract/errors.ts';
import type { ModelTable } from '#contract/notebook.ts';
import { cellsOf, type EditedCell, editorText, withKeys } from '../blocks.ts';
import { fixOf, withFix } from './fixes.ts';

function cells(...sources: readonly (readonly [EditedCell['kind'], string])[]) {
  return withKeys(
    sources.map(([kind, source]) => ({
      type: 'cell',
      id: kind,
      kind,
      open: `\`\`\`ts ${kind} #${kind}\n`,
      source: `${source}\n`,
      close: '```\n',
    })),
  );
}

function mended(source: string, error: Omit<PlainError, 'message'>): string | undefined {
  const blocks = cells(['model', source]);
  const [cell] = cellsOf(blocks);
  const fix = fixOf({ cell, error: { message: '', ...error }, blocks, modelOf: () => undefined });
  return fix && withFix(editorText(cell), fix);
}

const at = (cellLine: number, column: number): { where: Where } => ({ where: { cell: 'model', cellLine, column } });

test('a value, an option, a function and a name are changed to the nearest, where the error is', () => {
  const conv = "// relu 6\nlayers.conv2d({ filters: 8, activation: 'relu 6' })";
  const unknown = { builder: 'layers.conv2d(…)', option: 'activation', found: "'relu 6'", nearest: 'relu6' };
  expect(mended(conv, { code: 'notebook.unknownName', values: unknown, ...at(2, 1) })).toBe(conv.replace("'relu 6'", "'relu6'"));
  const dense = "layers.dense({ units: 3, name: 'unit' }), layers.dense({ unit: 4 })";
  const option = { builder: 'layers.dense(…)', option: 'unit', nearest: 'units' };
  expect(mended(dense, { code: 'notebook.unknownOption', values: option, ...at(1, 43) })).toBe(dense.replace('unit: 4', 'units: 4'));
  const method = { owner: 'layers', name: 'dens', nearest: 'dense' };
  expect(mended('layers.dens({})', { code: 'notebook.unknownMethodNearest', values: method, ...at(1, 8) })).toBe('layers.dense({})');
  expect(
    mended('sequental([])', { code: 'notebook.notDefinedNearest', values: { name: 'sequental', nearest: 'sequential' }, ...at(1, 1) }),
  ).toBe('sequential([])');
  expect(
    mended("train({ metrics: ['acuracy'] })", { code: 'engine.metricUnknown', values: { name: 'acuracy', nearest: 'accuracy' } }),
  ).toBe("train({ metrics: ['accuracy'] })");
  expect(mended('sequential([layers.flatten])', { code: 'notebook.layerFunction', values: { name: 'flatten' }, ...at(1, 1) })).toBe(
    'sequential([layers.flatten()])',
  );
});

test('nothing is offered where the error names no better word, or its word does not stand there', () => {
  expect(mended('train({})', { code: 'engine.lossUnknown', values: { name: 'x', nearest: '' } })).toBeUndefined();
  expect(mended('train({})', { code: 'engine.lossUnknown', values: { name: 'mess', nearest: 'mse' } })).toBeUndefined();
  expect(mended('train({})', { code: 'notebook.thrown', values: { detail: 'x' } })).toBeUndefined();
});

test('a flatten is put before the dense layers that end a model of images', () => {
  const model =
    'sequential([\n  layers.conv2d({ filters: 8, kernelSize: 3 }),\n  layers.dense({ units: 32 }),\n  layers.dense({ units: 10 }),\n])';
  const blocks = cells(['model', model], ['train', 'train({ epochs: 1 })']);
  const [modelCell, train] = cellsOf(blocks);
  const layer = (className: string, cellLine: number): ModelTable['layers'][number] => ({
    name: className,
    className,
    outputShape: [1],
    parameters: 0,
    where: { cell: 'model', cellLine, column: 3 },
  });
  const table = {
    layers: [layer('Conv2D', 2), layer('Dense', 3), layer('Dense', 4)],
    inputShape: [8, 8, 1],
    parameters: 0,
    trainableParameters: 0,
    trainable: [],
  };
  const error = { code: 'engine.lossFit', message: '', values: { problem: 'rank' } };
  const fix = fixOf({ cell: train, error, blocks, modelOf: () => table });
  expect(fix?.key).toBe(modelCell.key);
  expect(withFix(model, fix!)).toBe(model.replace('  layers.dense({ units: 32', '  layers.flatten(),\n  layers.dense({ units: 32'));
});
