import { describe, expect, test } from 'vitest';
import { cellState } from './cell-state.ts';

const checked = (status: 'ok' | 'failed' | 'blocked', input = 'now') => ({ status, upToDate: input === 'now' });

describe('a cell that is checked', () => {
  const facts = { kind: 'data', checked: undefined, check: undefined } as const;

  test.each([
    ['neverRun', {}],
    ['fresh', { checked: checked('ok') }],
    ['failed', { checked: checked('failed') }],
    ['waiting', { checked: checked('blocked') }],
    ['stale', { checked: checked('ok', 'before') }],
    ['stale', { checked: checked('failed', 'before') }],
    ['running', { check: 'running' }],
    ['waiting', { checked: checked('ok'), check: 'waiting' }],
  ] as const)('is %s', (state, more) => {
    expect(cellState({ ...facts, ...more })).toBe(state);
  });
});

describe('a train cell', () => {
  const facts = { kind: 'train', checked: checked('ok'), check: undefined } as const;

  test.each([
    ['neverRun', {}],
    ['failed', { checked: checked('failed') }],
    ['waiting', { starting: true }],
    ['waiting', { run: { status: 'queued', upToDate: true } }],
    ['running', { run: { status: 'running', upToDate: true } }],
    ['paused', { run: { status: 'paused', upToDate: true } }],
    ['fresh', { run: { status: 'completed', upToDate: true } }],
    ['fresh', { run: { status: 'stopped', upToDate: true } }],
    ['stale', { run: { status: 'completed', upToDate: false } }],
    ['stale', { run: { status: 'interrupted', upToDate: true } }],
    ['failed', { run: { status: 'diverged', upToDate: true } }],
    ['failed', { run: { status: 'failed', upToDate: true } }],
  ] as const)('is %s', (state, more) => {
    expect(cellState({ ...facts, ...more })).toBe(state);
  });
});
