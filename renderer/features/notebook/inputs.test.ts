import { describe, expect, test } from 'vitest';
import type { Knob } from '#contract/spec.ts';
import type { CellBlock, CellKind } from '#contract/notebook.ts';
import { withKeys } from './blocks.ts';
import { inputsOf, staleReason } from './inputs.ts';

const cell = (kind: CellKind, id: string, source: string): CellBlock => ({
  type: 'cell',
  id,
  kind,
  open: `\`\`\`ts ${kind} #${id}\n`,
  source,
  close: '```\n',
});
const [wine, net, training] = [cell('data', 'wine', 'a\n'), cell('model', 'net', 'b\n'), cell('train', 'training', 'c\n')];
const knobs: Knob[] = [
  { name: 'units', value: 8, default: 8, cell: 'net' },
  { name: 'rate', value: 0.1, default: 0.1, cell: 'training' },
];
const inputs = (blocks: readonly CellBlock[], knobValues = {}, known = knobs) =>
  inputsOf({ blocks: withKeys(blocks), knobValues, knobs: known });
const before = inputs([wine, net, training]);
const reasons = (now: ReturnType<typeof inputs>) => ['wine', 'net', 'training'].map((id) => staleReason(before, now, id));

describe('why a cell is stale', () => {
  test.each([
    ['nothing', inputs([wine, net, training]), [undefined, undefined, undefined]],
    [
      'a text',
      inputs([{ ...wine, source: 'other\n' }, net, training]),
      [{ what: 'text' }, { what: 'cell', cell: 'wine' }, { what: 'cell', cell: 'wine' }],
    ],
    ['a text below', inputs([wine, net, { ...training, source: 'd\n' }]), [undefined, undefined, { what: 'text' }]],
    [
      'a cell put in',
      inputs([wine, cell('code', 'help', '1\n'), net, training]),
      [undefined, { what: 'added', cell: 'help' }, { what: 'added', cell: 'help' }],
    ],
    ['a cell taken out', inputs([net, training]), [{ what: 'text' }, { what: 'removed', cell: 'wine' }, { what: 'removed', cell: 'wine' }]],
    ['a cell moved', inputs([net, wine, training]), [{ what: 'order' }, { what: 'order' }, { what: 'order' }]],
    ['a knob', inputs([wine, net, training], { rate: 0.2 }), [undefined, undefined, { what: 'knob', knob: 'rate' }]],
    [
      'a knob of a cell above',
      inputs([wine, net, training], { units: 16 }),
      [undefined, { what: 'knob', knob: 'units' }, { what: 'knob', knob: 'units' }],
    ],
  ])('%s', (_change, now, expected) => {
    expect(reasons(now)).toEqual(expected);
  });

  test('a text that was changed back is what it was', () => {
    inputs([{ ...wine, source: 'other\n' }, net, training]);
    expect(reasons(inputs([{ ...wine }, net, training]))).toEqual([undefined, undefined, undefined]);
  });

  test('a knob that no check has found may be anywhere', () => {
    const reason = { what: 'knob', knob: 'new' };
    expect(reasons(inputs([wine, net, training], { new: 1 }))).toEqual([reason, reason, reason]);
  });

  test('a kind, and where one text ends and the next begins, count', () => {
    const other = inputs([cell('data', 'wine', 'ab\n'), cell('model', 'net', '\n'), training]);
    expect(other.keys.get('training')).not.toBe(before.keys.get('training'));
    expect(inputs([{ ...wine, kind: 'code' }, net, training]).keys.get('wine')).not.toBe(before.keys.get('wine'));
  });
});
