/** `evaluate RUN` and `predict RUN FILE…`: a trained model in use. */
import { randomUUID } from 'node:crypto';
import type { Payload } from '#contract/events.ts';
import { EpochbookError } from '#contract/errors.ts';
import { type Evaluation, type PartName, partName, type Predictions } from '#contract/predictions.ts';
import type { RunSummary } from '#contract/runs.ts';
import { type LocalizedCommand, withJson, withWorkspace } from '../command.ts';
import { type Core, withCore, workspaceHere } from '../core.ts';
import { exitCodes, failureLine, type Ground, reportFailure } from '../failure.ts';
import { watchInterruption } from '../interruption.ts';
import { note, print, printJson, toJson } from '../output.ts';
import { createProgressLine } from '../progress.ts';
import { fileSize } from '../text/numbers.ts';
import { evaluatedText, predictedJson, predictedText } from '../text/predictions.ts';
import { say } from '../words.ts';
import { checkpointOf, readEpoch } from './export.ts';

interface CommonOptions {
  readonly epoch: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

interface EvaluateOptions extends CommonOptions {
  readonly data?: string[];
  readonly part?: PartName | 'all';
}

interface PredictOptions extends CommonOptions {
  readonly out?: string;
}

type Checkpoint = ReturnType<typeof checkpointOf>;

interface Use {
  readonly core: Core;
  readonly run: RunSummary;
  readonly checkpoint: Checkpoint;
  /** Ended by Ctrl+C. */
  readonly job: string;
}

/** Finds the run and its checkpoint, and uses it until it is done or interrupted. */
async function perform(
  reference: string,
  { epoch, workspace, json = false }: CommonOptions,
  use: (use: Use) => Promise<number>,
): Promise<number> {
  const interruption = watchInterruption();
  const line = createProgressLine();
  let ground: Ground | undefined;
  try {
    const folder = workspaceHere({ workspace });
    ground = { workspace: folder };
    return await withCore(folder, async (core) => {
      const run = await core.call('runs.find', { reference });
      ground = { workspace: folder, notebook: run.notebook };
      const checkpoint = checkpointOf(await core.call('runs.get', { runId: run.id }), epoch);
      const job = randomUUID();
      const cancel = () => void core.call('job.cancel', { job }).catch(() => undefined);
      if (interruption.signal.aborted) cancel();
      interruption.signal.addEventListener('abort', cancel, { once: true });
      core.subscribe((event, payload) => {
        if (event !== 'job.progressed') return;
        const { done, total, item } = payload as Payload<'job.progressed'>;
        line.show(total === undefined ? `${item ?? ''} ${say('cli.predicting', { count: done })}` : `${item ?? ''} ${done}/${total}`);
      });
      try {
        return await use({ core, run, checkpoint, job });
      } finally {
        line.clear();
      }
    });
  } catch (error) {
    if (error instanceof EpochbookError && error.code === 'job.cancelled') return exitCodes.interrupted;
    return reportFailure(error, { json, ground });
  } finally {
    interruption.end();
  }
}

/** What a part came to beside what was recorded of it. */
function recordedText({ epoch, data, parts }: Evaluation): string[] {
  return parts.flatMap(({ recorded, identical, metrics }) => {
    if (!recorded) return [];
    if (identical === true) return [say('cli.asRecorded', { epoch })];
    const metric = Object.keys(recorded).find((name) => !Object.is(recorded[name], metrics[name])) ?? '';
    return [say('cli.notAsRecorded', { epoch, metric, recorded: String(recorded[metric]), now: String(metrics[metric]), state: data })];
  });
}

const evaluate = (reference: string, options: EvaluateOptions): Promise<number> =>
  perform(reference, options, async ({ core, run, checkpoint, job }) => {
    const { data: files, part } = options;
    const evaluation = await core.call('runs.evaluate', {
      runId: run.id,
      checkpoint,
      part,
      job,
      ...(files && { files, folder: process.cwd() }),
    });
    if (evaluation.data === 'changed') note(say('cli.warning', { message: say('cli.dataChanged') }));
    if (options.json === true) {
      const { runId, ...rest } = evaluation;
      printJson({ run: runId, ...rest });
      return exitCodes.done;
    }
    const { name, epoch, backend, parts } = evaluation;
    print(say('cli.evaluating', { name, id: run.id, epoch, backend }));
    for (const each of parts) print('', ...evaluatedText(each, files?.join(', ') ?? ''));
    const recorded = recordedText(evaluation);
    if (recorded.length > 0) print('', ...recorded);
    return exitCodes.done;
  });

/** Prints rows as they come: a table, or one JSON object whose last members follow the rows. */
function rowPrinter(json: boolean): { add(told: Payload<'runs.predicted'>): void; end(done: Predictions): void } {
  let count = 0;
  return {
    add({ rows, ...head }) {
      if (json) {
        const items = rows.map((row) => toJson(predictedJson(head, row)));
        process.stdout.write((count === 0 ? '{"predictions":[\n' : ',\n') + items.join(',\n'));
      } else print(...predictedText(head, rows).slice(count === 0 ? 0 : 1));
      count += rows.length;
    },
    end({ runId, name, epoch, outputs, count: all, findings }) {
      if (!json) return;
      const classes = outputs.length === 1 ? outputs[0].classes : undefined;
      const notices = findings.map(({ code, message, where }) => ({ code, message, where }));
      const rest = { run: runId, name, epoch, ...(classes ? { classes } : {}), outputs, count: all, notices };
      process.stdout.write(`${count === 0 ? '{"predictions":[' : ''}\n],${toJson(rest).slice(1)}\n`);
    },
  };
}

const predict = (reference: string, files: readonly string[], options: PredictOptions): Promise<number> =>
  perform(reference, options, async ({ core, run, checkpoint, job }) => {
    const { out, json = false } = options;
    const printer = rowPrinter(json);
    core.subscribe((event, payload) => {
      if (event === 'runs.predicted') printer.add(payload as Payload<'runs.predicted'>);
    });
    const tells = out === undefined;
    const request = { runId: run.id, checkpoint, files: [...files], folder: process.cwd(), out, rows: 0, tells, job };
    const predictions = await core.call('runs.predict', request);
    const { name, epoch, count, findings, out: written } = predictions;
    for (const finding of findings) note(failureLine(finding));
    if (tells) {
      printer.end(predictions);
      if (!json) note(say('cli.predicted', { count, name, epoch }));
    } else if (json) {
      const notices = findings.map(({ code, message, where }) => ({ code, message, where }));
      printJson({ run: run.id, name, epoch, count, ...written, notices });
    } else print(say('cli.predictedTo', { count, file: out, size: fileSize(written?.bytes ?? 0) }));
    return exitCodes.done;
  });

function readPart(value: string): PartName | 'all' {
  if (value === 'all') return value;
  const found = partName.safeParse(value);
  if (!found.success) throw new EpochbookError('cli.badPart', { value });
  return found.data;
}

export function addUseModel(program: LocalizedCommand): void {
  const command = (name: 'evaluate' | 'predict') =>
    withJson(
      withWorkspace(
        program
          .command(name)
          .description(say(`cli.${name}`))
          .argument('<RUN>', say('cli.argument.run')),
      ),
    ).option('--epoch <N>', say('cli.option.epoch'), readEpoch, 'best');

  command('evaluate')
    .option('--data <FILE>', say('cli.option.evaluateData'), (value: string, before: string[] | undefined) => [...(before ?? []), value])
    .option('--part <NAME>', say('cli.option.part'), readPart)
    .action(async (reference: string, options: EvaluateOptions) => {
      process.exitCode = await evaluate(reference, options);
    });
  command('predict')
    .argument('<FILE...>', say('cli.argument.predictFiles'))
    .option('--out <FILE>', say('cli.option.predictOut'))
    .action(async (reference: string, files: string[], options: PredictOptions) => {
      process.exitCode = await predict(reference, files, options);
    });
}
