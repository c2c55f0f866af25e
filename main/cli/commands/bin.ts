/** `delete RUN…` and `restore RUN…`: to and from the bin. */
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
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

export function addBin(program: LocalizedCommand): void {
  for (const verb of ['delete', 'restore'] as const) {
    const description = say(verb === 'delete' ? 'cli.delete' : 'cli.restore');
    withJson(withWorkspace(program.command(verb).description(description).argument('<RUN...>', say('cli.argument.runs')))).action(
      async (references: string[], options: BinOptions) => {
        process.exitCode = await perform(verb, references, options);
      },
    );
  }
}
