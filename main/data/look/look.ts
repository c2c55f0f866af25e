/** Answers what a closer look at a data set asks. Keeps the source that was looked at last open. */
import type {
  ChannelStatistics,
  ColumnProfile,
  LookPage,
  LookSelection,
  LookSeries,
  OpenedLook,
  PicturePage,
  SeriesAsk,
} from '#contract/look.ts';
import { type DataSpec, kindOf } from '#contract/spec.ts';
import { EpochbookError } from '#contract/errors.ts';
import type { Folders } from '../files.ts';
import { encodingIn } from '../recoded.ts';
import { stepOf } from '../steps.ts';
import { createPages, type Pages } from './pages.ts';
import { type LookPictures, openPictures, type PicturesSource } from './pictures.ts';
import { profileColumns } from './profile.ts';
import { type OpenSeries, openSeries } from './series.ts';
import type { TableSource } from '../duck-tables.ts';
import { type Imported, type LookTable, openTable } from './source.ts';

/** What is asked, and what it is answered with. */
export interface LookQuestions {
  open: { ask: Record<never, never>; answer: Omit<OpenedLook, 'id'> };
  rows: { ask: { selection: LookSelection; offset: number; limit: number }; answer: LookPage };
  profile: { ask: { columns: readonly string[]; selection: LookSelection }; answer: { columns: ColumnProfile[] } };
  pictures: { ask: { label?: number; rows?: readonly number[]; offset: number; limit: number }; answer: PicturePage };
  series: { ask: SeriesAsk; answer: LookSeries };
  channels: { ask: Record<never, never>; answer: ChannelStatistics };
}

export type LookKind = keyof LookQuestions;
/** `cache`: a folder of its own for a copy of what is too large for memory. */
export type LookAsk<K extends LookKind = LookKind> = {
  [One in K]: { kind: One; data: DataSpec; folders: Folders; cache: string } & LookQuestions[One]['ask'];
}[K];
export type LookAnswer<K extends LookKind = LookKind> = LookQuestions[K]['answer'];

export interface Looker {
  ask(question: LookAsk, onProgress: (share: number | undefined) => void): Promise<LookAnswer>;
}

interface Open {
  readonly key: string;
  readonly table?: LookTable;
  readonly pictures?: LookPictures;
  pages?: { pages: Pages; imported: Imported };
  /** Of windows, under the steps that made them. */
  series?: OpenSeries & { readonly key: string };
}

/** The source in the encoding that shows later than a first look reaches. Throws the error where there is none. */
async function inLateEncoding(source: TableSource, folders: Folders, error: unknown): Promise<TableSource> {
  if (!(error instanceof EpochbookError) || error.code !== 'data.encoding' || source.format !== 'csv') throw error;
  const encoding = await encodingIn(source.path, folders, '/data/source/path');
  if (encoding === 'utf-8') throw error;
  return { ...source, encoding };
}

export function createLooker(): Looker {
  let open: Open | undefined;

  async function openFor({ data, folders, cache }: LookAsk, anew: boolean): Promise<Open> {
    const key = JSON.stringify([data.source, folders]);
    if (open?.key === key && !anew) return open;
    await open?.table?.close();
    await open?.series?.close();
    open = undefined;
    if (kindOf(data.source) !== 'arrays') {
      const source = data.source as TableSource;
      const first = openTable(source, folders, cache);
      const table = await first.catch(async (error: unknown) => openTable(await inLateEncoding(source, folders, error), folders, cache));
      open = { key, table };
    } else {
      // Of other arrays there is nothing to see but what the model gets.
      const pictures = await openPictures(data.source as PicturesSource, folders);
      open = { key, ...(pictures && { pictures }) };
    }
    return open;
  }

  async function importFor({ data, folders, cache }: LookAsk, { key, table }: Open, onProgress: (share: number | undefined) => void) {
    try {
      return await table!.import(onProgress);
    } catch (error) {
      const source = await inLateEncoding(data.source as TableSource, folders, error);
      await table!.close();
      open = { key, table: await openTable(source, folders, cache) };
      return await open.table!.import(onProgress);
    }
  }

  return {
    async ask(question, onProgress) {
      const now = await openFor(question, question.kind === 'open');
      const { table, pictures } = now;
      const target = stepOf(question.data, 'target')?.step.column;
      if (question.kind === 'open') {
        const { source } = question.data;
        const path = 'path' in source ? source.path : 'images' in source ? source.images : 'inputs' in source ? source.inputs : 'SQL';
        return {
          path,
          ...(target !== undefined && { target }),
          ...(stepOf(question.data, 'window') && { series: true }),
          ...(table && { table: { columns: [...table.columns], firstRows: table.firstRows.map((row) => [...row]) } }),
          ...(pictures && { pictures: pictures.summary }),
        };
      }
      if (question.kind === 'series') {
        const key = JSON.stringify(question.data.steps);
        if (now.series?.key !== key) {
          await now.series?.close();
          delete now.series;
          now.series = { key, ...(await openSeries(question.data, question.folders, onProgress)) };
        }
        return now.series.answer(question, onProgress);
      }
      if (table && (question.kind === 'rows' || question.kind === 'profile')) {
        if (!now.pages) {
          const imported = await importFor(question, now, onProgress);
          open!.pages = { imported, pages: createPages(table.columns, imported) };
        }
        const { pages, imported } = open!.pages!;
        if (question.kind === 'rows') return pages.page(question.selection, question.offset, question.limit);
        return {
          columns: await profileColumns(imported, {
            columns: table.columns.filter(({ name }) => question.columns.includes(name)),
            condition: pages.condition(question.selection.filters),
            target: table.columns.find(({ name }) => name === target),
          }),
        };
      }
      if (pictures && question.kind === 'pictures') return pictures.page(question, question.offset, question.limit);
      if (pictures && question.kind === 'channels') return pictures.channels();
      throw new EpochbookError('data.noLook');
    },
  };
}
