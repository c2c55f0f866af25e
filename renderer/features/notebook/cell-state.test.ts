import { describe, expect, test } from 'vitest';
import { cellState } from './cell-state.ts';

const checked = (status: 'ok' | 'failed' | 'blocked', input = 'now') => ({
  input,
  outcome: { id: 'a', kind: 'data' as const, status, inputHash: '' },
});

describe('a cell that is checked', () => {
  const facts = { id: 'a', kind: 'data', input: 'now', checked: undefined, check: undefined } as const;

  test.each([
    ['neverRun', {}],
    ['fresh', { checked: checked('ok') }],
    ['failed', { checked: checked('failed') }],
    ['waiting', { checked: checked('blocked') }],
    ['stale', { checked: checked('ok', 'before') }],
    ['stale', { checked: checked('failed', 'before') }],
    ['running', { check: { cells: ['a', 'b'], current: 'a' } }],
    ['waiting', { checked: checked('ok'), check: { cells: ['z', 'a'], current: 'z' } }],
    ['fresh', { checked: checked('ok'), check: { cells: ['a', 'b'], current: 'b' } }],
    ['fresh', { checked: checked('ok'), check: { cells: ['b'], current: 'b' } }],
  ] as const)('is %s', (state, more) => {
    expect(cellState({ ...facts, ...more })).toBe(state);
  });
});

describe('a train cell', () => {
  const facts = { id: 'a', kind: 'train', input: 'now', checked: checked('ok'), check: undefined } as const;

  test.each([
    ['neverRun', {}],
    ['failed', { checked: checked('failed') }],
    ['waiting', { starting: true }],
    ['waiting', { run: { status: 'queued', input: 'now' } }],
    ['running', { run: { status: 'running', input: 'now' } }],
    ['paused', { run: { status: 'paused', input: 'now' } }],
    ['fresh', { run: { status: 'completed', input: 'now' } }],
    ['fresh', { run: { status: 'stopped', input: 'now' } }],
    ['stale', { run: { status: 'completed', input: 'before' } }],
    ['stale', { run: { status: 'completed', input: undefined } }],
    ['stale', { run: { status: 'interrupted', input: 'now' } }],
    ['failed', { run: { status: 'diverged', input: 'now' } }],
    ['failed', { run: { status: 'failed', input: 'now' } }],
  ] as const)('is %s', (state, more) => {
    expect(cellState({ ...facts, ...more })).toBe(state);
  });
});
