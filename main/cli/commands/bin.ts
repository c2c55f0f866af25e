/** `delete RUN…` and `restore RUN…`: to and from the bin; `purge [RUN…]`: out of it for good. */
import { EpochbookError } from '#contract/errors.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { say } from '../words.ts';

interface BinOptions {
  readonly workspace?: string;
  readonly json?: boolean;
}

async function perform(verb: 'delete' | 'restore', references: readonly string[], { workspace, json }: BinOptions): Promise<number> {
  const isDelete = verb === 'delete';
  return withCore(workspaceHere({ workspace }), async (core) => {
    // All are found before any is moved, so that a slip in the last name moves none.
    const runs = [];
    for (const reference of references) runs.push(await core.call('runs.find', { reference, deleted: !isDelete }));
    const runIds = [...new Set(runs.map(({ id }) => id))];
    await core.call(isDelete ? 'runs.delete' : 'runs.restore', { runIds });
    if (json) printJson({ [isDelete ? 'deleted' : 'restored']: runIds });
    else for (const { id, name } of runs) print(say(isDelete ? 'cli.deleted' : 'cli.restored', { id, name }));
    return exitCodes.done;
  });
}

/** Those named, or with `--all` whatever lies in the bin. */
async function purge(references: readonly string[], { all, workspace, json }: BinOptions & { readonly all?: boolean }): Promise<number> {
  if (references.length > 0 === (all === true)) throw new EpochbookError('cli.purgeWhich');
  return withCore(workspaceHere({ workspace }), async (core) => {
    const runs = [];
    for (const reference of references) runs.push(await core.call('runs.find', { reference, deleted: true }));
    const { freedBytes, runs: count } = await core.call('runs.purge', all ? {} : { runIds: [...new Set(runs.map(({ id }) => id))] });
    if (json) printJson({ purged: count, freedBytes });
    else print(say('cli.purged', { count, size: fileSize(freedBytes) }));
    return exitCodes.done;
  });
}

export function addBin(program: LocalizedCommand): void {
  for (const verb of ['delete', 'restore'] as const) {
    const description = say(verb === 'delete' ? 'cli.delete' : 'cli.restore');
    withJson(withWorkspace(program.command(verb).description(description).argument('<RUN...>', say('cli.argument.runs')))).action(
      async (references: string[], options: BinOptions) => {
        process.exitCode = await perform(verb, references, options);
      },
    );
  }
  withJson(
    withWorkspace(
      program
        .command('purge')
        .description(say('cli.purge'))
        .argument('[RUN...]', say('cli.argument.binnedRuns'))
        .option('--all', say('cli.option.purgeAll')),
    ),
  ).action(async (references: string[], options: BinOptions & { all?: boolean }) => {
    process.exitCode = await purge(references, options);
  });
}
