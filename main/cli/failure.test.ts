import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import type { MessageKey } from '#contract/words/message.ts';
import { exitCodeOf, failureJson, failureLine } from './failure.ts';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(os.tmpdir(), 'epochbook-failure-'));
  mkdirSync(join(workspace, 'a'));
  writeFileSync(join(workspace, 'a', 'n.epoch.md'), '');
  writeFileSync(join(workspace, 'a', 'd.csv'), '');
});
afterEach(() => rmSync(workspace, { recursive: true }));

it('names files so that they are found from here: the notebook in its workspace, data beside the notebook', () => {
  const ground = { workspace, notebook: 'a/n.epoch.md' };
  const inNotebook = toPlainError(
    new EpochbookError('cli.twoRuns', {}, { where: { file: 'a/n.epoch.md', line: 3, column: 5, cell: 'c', cellLine: 1 } }),
  );
  expect(failureLine(inNotebook, ground)).toBe(`${join(workspace, 'a', 'n.epoch.md')}:3:5: Name at least two runs to compare.`);
  expect(failureJson(inNotebook, ground)).toEqual({
    type: 'error',
    error: {
      code: 'cli.twoRuns',
      message: 'Name at least two runs to compare.',
      where: { file: join(workspace, 'a', 'n.epoch.md'), line: 3, column: 5, cell: 'c' },
    },
  });
  const inData = toPlainError(new EpochbookError('cli.twoRuns', {}, { where: { file: 'd.csv', line: 3 } }));
  expect(failureLine(inData, ground)).toBe(`${join(workspace, 'a', 'd.csv')}:3: Name at least two runs to compare.`);
});

it('says who speaks where there is no place, and what it can of an error it does not know', () => {
  expect(failureLine({ code: 'from.tomorrow', message: 'Something new.' })).toBe('epochbook: Something new.');
});

it.each<[MessageKey, number]>([
  ['notebook.syntax', 2],
  ['data.raggedRow', 2],
  ['engine.lossFit', 2],
  ['store.runMissing', 2],
  ['interchange.folderInUse', 2],
  ['store.diskFull', 1],
  ['process.ended', 1],
  ['internal', 1],
  ['interchange.predictionsDiffer', 1],
  ['training.noCheckpoint', 1],
])('%s ends with %d', (code, expected) => expect(exitCodeOf({ code, message: '' })).toBe(expected));
