/** Writes runs as other tools read them. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import type { WrittenRun } from '#contract/logged-run.ts';
import type { ExportedRuns, RunsFormat } from '#contract/runs.ts';
import { csvLines } from './csv.ts';
import { replaceFolder } from './exported-folder.ts';
import { createPaths, fileName } from './file-names.ts';
import { writeMlflowExperiment, writeMlflowRun } from './mlflow-files.ts';
import { writeParquetRuns } from './parquet.ts';
import { byText } from './series.ts';
import { writeTensorboardRun } from './tensorboard.ts';

/** A run of the store; it lies in no other tool's files. */
export type ExportedRun = WrittenRun & { readonly id: string };

export interface RunsExport {
  readonly format: RunsFormat;
  /** Read when its turn comes, so that not all are held at once; CSV and Parquet, whose heads name every metric, hold all. */
  readonly runs: Iterable<ExportedRun>;
  /** Absolute. Made where it is missing; an earlier export in it is replaced. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Written {
  readonly files: string[];
  bytes: number;
}

/** Lists what we wrote, so that a later export replaces that and nothing else. */
const listFile = '.epochbook-export.json';

/** Writes the texts one after the other without holding them all. */
async function writeTexts(file: string, texts: Iterable<string>): Promise<number> {
  const handle = await disk.open(file, 'w');
  let bytes = 0;
  try {
    let held: string[] = [];
    let length = 0;
    const flush = async () => {
      const data = Buffer.from(held.join(''), 'utf8');
      await handle.writeFile(data);
      bytes += data.length;
      held = [];
      length = 0;
    };
    for (const text of texts) {
      held.push(text);
      length += text.length;
      if (length > 1024 * 1024) await flush();
    }
    await flush();
    await handle.sync();
  } finally {
    await handle.close();
  }
  return bytes;
}

/** Numbers that JSON lacks are the strings "NaN", "Infinity" and "-Infinity", and -0 is -0.0. */
const jsonNumber = (value: number): string => (Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : `"${value}"`);

function* jsonTexts(runs: Iterable<ExportedRun>): Generator<string> {
  let isFirst = true;
  for (const { id, name, status, startedAt, endedAt, params, tags, note, series } of runs) {
    const head = JSON.stringify({ id, name, status, startedAt, endedAt, params, tags, note });
    yield `${isFirst ? '[\n' : ',\n'}${head.slice(0, -1)},"history":{`;
    isFirst = false;
    for (const [index, { metric, epochs, values }] of series.entries()) {
      const points = Array.from(epochs, (epoch, at) => `[${epoch},${jsonNumber(values[at])}]`);
      yield `${index === 0 ? '' : ','}${JSON.stringify(metric)}:[${points.join(',')}]`;
    }
    yield '}}';
  }
  yield isFirst ? '[]\n' : '\n]\n';
}

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await disk.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) found.push(...(await filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else found.push(prefix + entry.name);
  }
  return found;
}

/** Whether the folder holds an earlier export with nothing added to it, such as a run that MLflow logged since. */
async function isRunsExport(folder: string): Promise<boolean> {
  try {
    const { files } = JSON.parse(await disk.readFile(join(folder, listFile), 'utf8')) as { files: string[] };
    const known = new Set([listFile, ...files]);
    return (await filesBelow(folder)).every((file) => known.has(file));
  } catch {
    return false;
  }
}

/** Throws interchange.folderInUse, interchange.notAFolder, store.diskFull, store.readOnly; then nothing is written. */
export async function writeRuns({ format, runs, folder, now }: RunsExport): Promise<ExportedRuns> {
  const written: Written = { files: [], bytes: 0 };
  let count = 0;
  let scalars = 0;
  function* counted(): Generator<ExportedRun> {
    for (const run of runs) {
      count++;
      for (const { values } of run.series) scalars += values.length;
      yield run;
    }
  }
  const add = (more: { readonly files: readonly string[]; readonly bytes: number }, prefix = '') => {
    for (const file of more.files) written.files.push(prefix + file);
    written.bytes += more.bytes;
  };
  await replaceFolder({
    target: folder,
    isOurs: isRunsExport,
    async write(into) {
      if (format === 'csv') add({ files: ['runs.csv'], bytes: await writeTexts(join(into, 'runs.csv'), csvLines([...counted()])) });
      else if (format === 'json') add({ files: ['runs.json'], bytes: await writeTexts(join(into, 'runs.json'), jsonTexts(counted())) });
      else if (format === 'parquet') add(await writeParquetRuns([...counted()], into));
      else if (format === 'mlflow') {
        add(await writeMlflowExperiment(into, folder, now));
        for (const run of counted()) add(await writeMlflowRun(run, into, folder));
      } else {
        const free = createPaths();
        for (const run of counted()) {
          const name = free(fileName(run.name, 'run'));
          add(await writeTensorboardRun(run, join(into, name)), `${name}/`);
        }
      }
      await disk.writeFile(join(into, listFile), JSON.stringify({ format, files: [...written.files].sort(byText) }));
    },
  });
  return { folder, files: written.files, bytes: written.bytes, runs: count, scalars };
}
