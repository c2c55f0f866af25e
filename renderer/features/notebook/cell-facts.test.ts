import { describe, expect, test } from 'vitest';
import type { CellBlock, CellKind } from '#contract/notebook.ts';
import { type EditedCell, withEditorText, withKeys } from './blocks.ts';
import { factsOf } from './cell-facts.ts';
import { inputsOf } from './inputs.ts';
import { useNotebookStore } from './notebook-store.ts';

const block = (kind: CellKind, id: string): CellBlock => ({
  type: 'cell',
  id,
  kind,
  open: `\`\`\`ts ${kind} #${id}\n`,
  source: `'${id}'\n`,
  close: '```\n',
});
const blocks = withKeys([
  block('data', 'wine'),
  block('model', 'net'),
  block('train', 'training'),
  block('model', 'spare'),
]) as EditedCell[];
const [wine, net, training, spare] = blocks.map(({ key }) => key);
const knobs = [{ name: 'units', value: 8, default: 8, cell: 'net' }];

function stateWith(more: Partial<ReturnType<typeof useNotebookStore.getState>>) {
  const state = { ...useNotebookStore.getState(), blocks, knobs, ...more };
  const inputs = inputsOf({ ...state, blocks, knobValues: {} });
  const checked = Object.fromEntries(
    blocks.map(({ id, kind }) => [id, { inputs, outcome: { id, kind, status: 'ok' as const, inputHash: id } }]),
  );
  return { ...state, checked };
}

describe('what the notebook says of its cells', () => {
  test('in a check, cells behind the one that is worked on are done, those before it wait', () => {
    const facts = factsOf(stateWith({ check: { cells: ['wine', 'net', 'training'], current: 'net' } }));
    expect([wine, net, training, spare].map((key) => facts.get(key)?.check)).toEqual([undefined, 'running', 'waiting', undefined]);
  });

  test('an epoch is foreseen for the train cell and the models above it', () => {
    const foreseen = { training: { input: '1', going: true } };
    const facts = factsOf(stateWith({ foreseen }));
    expect([wine, net, training, spare].map((key) => facts.get(key)?.foreseen)).toEqual([
      undefined,
      foreseen.training,
      foreseen.training,
      undefined,
    ]);
  });

  test('a cell of which nothing changed has the same facts, and one below a change knows which', () => {
    const state = stateWith({});
    const before = factsOf(state);
    const once = blocks.map((cell) => (cell.id === 'net' ? withEditorText(cell, "'other'") : cell));
    const after = factsOf({ ...state, blocks: once });
    expect(after.get(wine)).toBe(before.get(wine));
    expect(after.get(net)?.because).toEqual({ what: 'text' });
    expect(after.get(training)?.because).toEqual({ what: 'cell', cell: 'net' });
    expect(after.get(net)?.knobs).toBe(before.get(net)?.knobs);
    const twice = once.map((cell) => (cell.id === 'net' ? withEditorText(cell, "'others'") : cell));
    const later = factsOf({ ...state, blocks: twice });
    for (const key of [wine, net, training, spare]) expect(later.get(key)).toBe(after.get(key));
  });
});
