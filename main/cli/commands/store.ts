/** `store [ACTION]`: what takes the space, a way to shrink it, a backup, a check, and saving a damaged one. */
import { resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { SpaceReport } from '#contract/store.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { type Core, workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { facts, table } from '../text/table.ts';
import { say } from '../words.ts';

const actions = ['space', 'check', 'shrink', 'backup', 'rescue'] as const;
type Action = (typeof actions)[number];

interface StoreOptions {
  readonly out?: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

function spaceText(report: SpaceReport): string[] {
  return [
    ...facts([
      [say('cli.store.total'), fileSize(report.totalBytes)],
      [say('cli.store.database'), fileSize(report.databaseBytes)],
      ...report.parts.map(({ part, bytes }): [string, string] => [`  ${say('cli.store.part', { part })}`, fileSize(bytes)]),
      [`  ${say('cli.store.unused')}`, fileSize(report.unusedBytes)],
      [say('cli.store.checkpoints'), fileSize(report.checkpointBytes)],
      [`  ${say('cli.store.orphaned')}`, fileSize(report.orphanedBytes)],
      [say('cli.store.cache'), fileSize(report.cacheBytes)],
      [say('cli.store.backups'), fileSize(report.backupBytes)],
      [say('cli.store.bin', { count: report.bin.runs }), fileSize(report.bin.bytes)],
    ]),
    ...sizesText(
      say('cli.word.notebook'),
      report.notebooks.slice(0, 10).map(({ notebook, ...sizes }) => ({ name: notebook || say('cli.store.imported'), ...sizes })),
    ),
    ...sizesText(say('cli.word.name'), report.largest),
  ];
}

function sizesText(
  title: string,
  sizes: readonly { readonly name: string; readonly bytes: number; readonly checkpointBytes: number }[],
): string[] {
  if (sizes.length === 0) return [];
  const column = (cells: readonly number[]) => cells.map((bytes) => fileSize(bytes));
  return [
    '',
    ...table([
      { title, cells: sizes.map(({ name }) => name) },
      { title: say('cli.store.size'), cells: column(sizes.map(({ bytes }) => bytes)), right: true },
      { title: say('cli.store.checkpoints'), cells: column(sizes.map(({ checkpointBytes }) => checkpointBytes)), right: true },
    ]),
  ];
}

const perform: Readonly<Record<Action, (core: Core, options: StoreOptions) => Promise<number>>> = {
  async space(core, { json }) {
    const report = await core.call('store.space', {});
    if (json) printJson(report);
    else print(...spaceText(report));
    return exitCodes.done;
  },
  async check(core, { json }) {
    const { problems } = await core.call('store.check', {});
    if (json) printJson({ problems });
    else print(...(problems.length === 0 ? [say('cli.store.sound')] : problems));
    return problems.length === 0 ? exitCodes.done : exitCodes.failed;
  },
  async shrink(core, { json }) {
    const { freedBytes } = await core.call('store.shrink', {});
    if (json) printJson({ freedBytes });
    else print(say('cli.store.shrunk', { size: fileSize(freedBytes) }));
    return exitCodes.done;
  },
  async backup(core, { out, json }) {
    if (out === undefined) throw new EpochbookError('cli.missingOption', { option: '--out' });
    const backup = await core.call('store.backup', { folder: resolve(out) });
    if (json) printJson(backup);
    else print(say('cli.store.backedUp', { folder: out, runs: backup.runs, notebooks: backup.notebooks, size: fileSize(backup.bytes) }));
    return exitCodes.done;
  },
  async rescue(core, { json }) {
    const saved = await core.call('store.rescue', {});
    if (json) printJson(saved);
    else {
      for (const { name, missing } of saved.damaged)
        print(say('cli.store.partly', { name, missing: missing.map((part) => say('cli.store.missing', { part })).join(', ') }));
      if (saved.lost.length > 0) print(say('cli.store.lost', { count: saved.lost.length, numbers: saved.lost.join(', ') }));
      print(say('cli.store.rescued', { runs: saved.runs, file: saved.damagedFile }));
    }
    return exitCodes.done;
  },
};

export function addStore(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('store')
        .description(say('cli.store'))
        .argument('[ACTION]', say('cli.argument.storeAction'), 'space')
        .option('--out <PATH>', say('cli.option.backupOut')),
    ),
  ).action(async (name: string, options: StoreOptions) => {
    const action = actions.find((known) => known === name);
    if (!action) throw new EpochbookError('cli.badValue', { value: name, option: 'ACTION', wanted: 'storeAction' });
    process.exitCode = await withCore(workspaceHere(options), (core) => perform[action](core, options));
  });
}
