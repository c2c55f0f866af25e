/** `diagnose RUN`: what its curves mean, from which epoch on, and what to try. */
import type { MessageKey } from '#contract/words/message.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { say } from '../words.ts';

async function perform(reference: string, { workspace, json }: { workspace?: string; json?: boolean }): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const { id, name } = await core.call('runs.find', { reference });
    const { verdicts } = await core.call('runs.diagnose', { runId: id });
    if (json) {
      printJson({
        verdicts: verdicts.map(({ code, fromEpoch, confidence, message, remedies }) => ({
          code,
          fromEpoch,
          confidence,
          message,
          remedies: remedies.map(({ message: text, set }) => ({ message: text, set })),
        })),
      });
    } else if (verdicts.length === 0) print(say('cli.noVerdicts', { name }));
    for (const { code, values, confidence, remedies } of json ? [] : verdicts) {
      print(say('cli.verdict', { message: say(`diagnosis.${code}` as MessageKey, values), confidence: Math.round(100 * confidence) }));
      for (const remedy of remedies) print(`  ${say(`diagnosis.try.${remedy.code}` as MessageKey, remedy.values)}`);
    }
    return exitCodes.done;
  });
}

export function addDiagnose(program: LocalizedCommand): void {
  withJson(withWorkspace(program.command('diagnose').description(say('cli.diagnose')).argument('<RUN>', say('cli.argument.run')))).action(
    async (reference: string, options: { workspace?: string; json?: boolean }) => {
      process.exitCode = await perform(reference, options);
    },
  );
}
