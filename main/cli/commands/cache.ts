/** `cache`: how large a workspace's cache of decoded data is, and emptying it. */
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { say } from '../words.ts';

interface CacheOptions {
  readonly workspace?: string;
  readonly clear?: boolean;
  readonly json?: boolean;
}

export function addCache(program: LocalizedCommand): void {
  const command = program.command('cache').description(say('cli.cache')).option('--clear', say('cli.option.clear'));
  withJson(withWorkspace(command)).action(async ({ workspace, clear = false, json }: CacheOptions) => {
    process.exitCode = await withCore(workspaceHere(workspace === undefined ? {} : { workspace }), async (core) => {
      const { files, bytes } = await core.call('data.cache', { clear });
      if (json) printJson({ files, bytes, cleared: clear });
      else print(say(clear ? 'cli.cacheCleared' : 'cli.cacheSize', { files, size: fileSize(bytes) }));
      return exitCodes.done;
    });
  });
}
