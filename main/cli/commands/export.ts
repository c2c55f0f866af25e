/** `export RUN`: the model, in another program's format. */
import { resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import { type ExportFormat, exportFormat, type RunDetail } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { workspaceHere, withCore } from '../core.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { fileSize } from '../text/numbers.ts';
import { say } from '../words.ts';

interface ExportOptions {
  readonly format: ExportFormat;
  readonly out: string;
  readonly epoch: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

function readFormat(value: string): ExportFormat {
  const parsed = exportFormat.safeParse(value);
  if (!parsed.success) throw new EpochbookError('cli.badValue', { value, option: '--format', wanted: 'format' });
  return parsed.data;
}

export function readEpoch(value: string): string {
  if (value !== 'best' && value !== 'last' && !/^[1-9]\d*$/.test(value)) {
    throw new EpochbookError('cli.badValue', { value, option: '--epoch', wanted: 'epoch' });
  }
  return value;
}

/** The checkpoint of the epoch asked for. */
export function checkpointOf({ name, checkpoints }: RunDetail, epoch: string): 'best' | 'last' | number {
  const found = checkpoints.find((checkpoint) => checkpoint.kind === epoch || String(checkpoint.epoch) === epoch);
  if (found) return found.kind === 'epoch' ? found.epoch : found.kind;
  // What was asked for in words is there in another way, or the export says why there is nothing at all.
  if (epoch === 'best' || epoch === 'last' || checkpoints.length === 0) return epoch === 'last' ? 'last' : 'best';
  const named = checkpoints.flatMap(({ kind, epoch: of }) => (kind === 'epoch' ? [] : [`${kind} (${of})`]));
  const numbered = checkpoints.filter(
    ({ epoch: of, kind }) => kind === 'epoch' && !checkpoints.some((other) => other.epoch === of && other.kind !== kind),
  );
  const known = [...named, ...numbered.map(({ epoch: of }) => of)].join(', ');
  throw new EpochbookError('cli.noCheckpoint', { name, epoch, known });
}

async function perform(reference: string, { format, out, epoch, workspace, json }: ExportOptions): Promise<number> {
  return withCore(workspaceHere({ workspace }), async (core) => {
    const { id: runId } = await core.call('runs.find', { reference });
    const checkpoint = checkpointOf(await core.call('runs.get', { runId }), epoch);
    const exported = await core.call('runs.export', { runId, format, folder: resolve(out), checkpoint });
    const { folder, files, bytes, verified, samples, maxAbsoluteDifference } = exported;
    if (json) printJson({ files, bytes, verified, maxAbsoluteDifference, samples, folder });
    else {
      print(say('cli.exported', { folder: out, files: files.length, size: fileSize(bytes) }));
      print(say('cli.verified', { format, samples, difference: maxAbsoluteDifference.toPrecision(2) }));
    }
    return exitCodes.done;
  });
}

export function addExport(program: LocalizedCommand): void {
  withJson(
    withWorkspace(
      program
        .command('export')
        .description(say('cli.export'))
        .argument('<RUN>', say('cli.argument.run'))
        .requiredOption('--format <FORMAT>', say('cli.option.format'), readFormat)
        .requiredOption('--out <PATH>', say('cli.option.out'))
        .option('--epoch <N>', say('cli.option.epoch'), readEpoch, 'best'),
    ),
  ).action(async (reference: string, options: ExportOptions) => {
    process.exitCode = await perform(reference, options);
  });
}
