/** Writes a notebook's report: the text as it is on the screen, what its cells come to, and the stored runs. */
import { promises as disk } from 'node:fs';
import { resolve } from 'node:path';
import { EpochbookError } from '#contract/errors.ts';
import type { CheckedNotebook, NotebookState } from '#contract/notebook.ts';
import { errorCode, explainDiskError } from '#files/disk-error.ts';
import { writeWhole } from '#files/write-whole.ts';
import { imagesIn } from '#interchange/report/prose.ts';
import { generator, renderReport } from '#interchange/report/report.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { printNotebook } from '#notebook/print.ts';
import type { Context } from './context.ts';
import { readImage } from './images.ts';

/** More would make a page that nobody reads, of many megabytes. */
const shownRuns = 12;

export interface WrittenReport {
  readonly file: string;
  readonly bytes: number;
  /** How many are in it. */
  readonly runs: number;
}

/** `file`: absolute, or from the workspace; without it, the notebook's name with `.html`. */
export async function writeReport(
  context: Context,
  { path, blocks }: NotebookState,
  checked: CheckedNotebook,
  hasStore: boolean,
  file = path.replace(/(\.epoch)?\.md$/, '.html'),
): Promise<WrittenReport> {
  const target = resolve(context.folder(), file);
  if (!/\.html?$/i.test(target)) throw new EpochbookError('report.notHtml', { file });
  await refuseOthers(target);
  const summaries = hasStore ? context.store().list({ notebook: path }) : [];
  const runs = summaries.slice(0, shownRuns).map(({ id }) => context.store().detail(id));
  const { title } = parseNotebook(printNotebook(blocks));
  const page = renderReport({
    locale: context.settings().locale,
    title: title || path,
    path,
    blocks,
    checked,
    runs,
    totalRuns: summaries.length,
    images: await readImages(context.folder(), path, blocks),
    version: context.options.version,
    at: Date.now(),
  });
  const bytes = new TextEncoder().encode(page);
  await writeWhole(target, bytes);
  return { file: target, bytes: bytes.length, runs: runs.length };
}

/** An earlier report is replaced, and nothing else. */
async function refuseOthers(target: string): Promise<void> {
  const text = await disk.readFile(target, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return generator;
    if (errorCode(error) === 'EISDIR') return '';
    throw explainDiskError(error, target);
  });
  if (!text.slice(0, 2000).includes(generator)) throw new EpochbookError('report.fileInUse', { file: target });
}

/** Images of the workspace that the prose shows. What cannot be read stays a name in the text. */
async function readImages(folder: string, path: string, blocks: NotebookState['blocks']): Promise<Map<string, string>> {
  const images = new Map<string, string>();
  for (const source of new Set(blocks.flatMap((block) => (block.type === 'prose' ? imagesIn(block.text) : [])))) {
    try {
      const { bytes, type } = await readImage(folder, path, source);
      images.set(source, `data:${type};base64,${Buffer.from(bytes).toString('base64')}`);
    } catch {
      // Missing, too large, or outside of the workspace.
    }
  }
  return images;
}
