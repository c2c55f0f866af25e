/** Every call: its request and its response. Handlers and clients take their types from this map. */
import { z } from 'zod';
import { diagnosis } from './diagnosis.ts';
import { packedRuns } from './packed-runs.ts';
import { plainError, type PlainError } from './errors.ts';
import { runId } from './ids.ts';
import { observations } from './observations.ts';
import type { CallName } from './names.ts';
import { evaluation, partName, predictions } from './predictions.ts';
import {
  channelStatistics,
  columnProfile,
  lookBatch,
  lookPage,
  lookSelection,
  lookSeries,
  openedLook,
  picturePage,
  seriesAsk,
} from './look.ts';
import { block, checkedNotebook, estimate, notebookState, notebookView, openedNotebook } from './notebook.ts';
import { logTools } from './logged-run.ts';
import {
  backendInfo,
  comparison,
  exported,
  exportedRuns,
  exportFormat,
  foundLogs,
  importedRuns,
  reproduction,
  runData,
  runDetail,
  runsFormat,
  runSummary,
} from './runs.ts';
import { knobValue } from './spec.ts';
import { curvesRequest, drawnCurves } from './curves/request.ts';
import { runView, runViews, tableLayout } from './run-views.ts';
import { knobRange, sweep, sweepSettings, trial } from './sweeps.ts';
import { spaceReport, storeBackup, storeCheck, storeHealth, storeRescue } from './store.ts';
import { locales } from './words/message.ts';

/** Which of a run's models: after its best epoch, its last, or the epoch of this number. */
const checkpoint = z.enum(['best', 'last']).or(z.number().int().positive()).default('best');
/** A number in the palette; null gives a run its first colour back. */
const paletteColor = z.number().int().min(0).max(1_000_000).nullable();
const nothing = z.object({});
const done = z.object({});
/** A name that the caller makes up, to hear of `job.progressed` and for `job.cancel`. */
const job = z.string().min(1).max(100).optional();

export const settings = z.object({
  theme: z.enum(['light', 'dark', 'system']),
  locale: z.enum(locales),
  /** Threads the engine may use; 0 is all cores. */
  threads: z.number().int().min(0).max(256),
  /** Where training happens unless a run says otherwise. */
  device: z.enum(['cpu', 'gpu']),
  /** Keys of actions by their ids, where they are not as they come: like `Mod+Shift+P`, or '' for none. */
  keys: z.record(z.string(), z.string().max(40)),
  /** Beside the lines of cells. */
  lineNumbers: z.boolean(),
});
export type Settings = z.infer<typeof settings>;

export const workspace = z.object({
  /** Absolute path. */
  folder: z.string(),
  name: z.string(),
  notebooks: z.array(z.object({ path: z.string(), title: z.string() })),
  /** Paths of folders, empty ones too. */
  folders: z.array(z.string()),
  dataFiles: z.array(z.object({ path: z.string(), bytes: z.number() })),
  /** Nothing can be stored in it: it was opened for reading. */
  readOnly: z.boolean(),
});
export type Workspace = z.infer<typeof workspace>;

/** A workspace that was worked in, with the notebooks that were open, in the order of their tabs. */
export const place = z.object({
  /** Absolute. */
  folder: z.string(),
  notebooks: z.array(z.string()),
  /** The one in front. */
  notebook: z.string().optional(),
  /** Milliseconds since 1970, UTC. */
  at: z.number(),
});
export type Place = z.infer<typeof place>;

export const sample = z.object({
  id: z.string(),
  /** What kind of data it works with, in a word or two. */
  shows: z.string(),
  title: z.string(),
  description: z.string(),
  licence: z.string(),
});
export type Sample = z.infer<typeof sample>;

export const calls = {
  'app.info': {
    request: nothing,
    response: z.object({
      version: z.string(),
      shell: z.enum(['desktop', 'browser', 'cli']),
      platform: z.string(),
      electron: z.string().optional(),
      node: z.string(),
      backend: z.string(),
      threads: z.number().int(),
      cores: z.number().int(),
      memoryBytes: z.number(),
      /** The notebook to open first, when the app was started with one. */
      notebook: z.string().optional(),
    }),
  },
  'settings.get': { request: nothing, response: settings },
  'settings.set': { request: settings.partial(), response: settings },

  'workspace.get': { request: nothing, response: workspace },
  /** Makes another folder the workspace. Absolute path. */
  'workspace.open': { request: z.object({ folder: z.string() }), response: workspace },
  /** Workspaces that were worked in and are still there, the latest first. */
  'workspace.makeFolder': { request: z.object({ path: z.string() }), response: done },
  /** A file or folder; runs of a notebook go with it. */
  'workspace.rename': { request: z.object({ from: z.string(), to: z.string() }), response: done },
  /** To the workspace's bin; `workspace.restore` takes it out again. */
  'workspace.remove': { request: z.object({ path: z.string() }), response: z.object({ id: z.string() }) },
  'workspace.restore': { request: z.object({ id: z.string() }), response: z.object({ path: z.string() }) },
  /** A piece of a file that is put into the workspace; its path comes with the last. `id` is of the caller's choosing. */
  'workspace.upload': {
    request: z.object({
      id: z.string(),
      name: z.string(),
      folder: z.string(),
      /** It came with its folder, and belongs there even where the workspace has that very file elsewhere. */
      withFolder: z.boolean().optional(),
      bytes: z.instanceof(Uint8Array),
      offset: z.number().int().min(0),
      last: z.boolean(),
    }),
    response: z.object({ path: z.string().optional() }),
  },
  'workspace.cancelUpload': { request: z.object({ id: z.string() }), response: done },
  /** The columns of a table that is text; absent for other files. */
  'workspace.columns': { request: z.object({ path: z.string() }), response: z.object({ columns: z.array(z.string()).optional() }) },
  'places.list': { request: nothing, response: z.array(place) },
  /** What is open in this workspace now, for the next start. */
  'places.remember': { request: place.pick({ notebooks: true, notebook: true }), response: done },
  /** An image that a notebook's prose shows: `source` as it is written there. */
  'workspace.readImage': {
    request: z.object({ notebook: z.string(), source: z.string() }),
    response: z.object({ bytes: z.instanceof(Uint8Array), /** MIME. */ type: z.string() }),
  },
  'samples.list': { request: nothing, response: z.array(sample) },
  /** Copies a sample's notebook and data into the workspace (once) and opens it. */
  'samples.open': { request: z.object({ id: z.string() }), response: openedNotebook },

  /** What can train here, best first. Loads each one, in the trainer process. */
  'backends.list': { request: z.object({ measure: z.boolean().optional() }), response: z.array(backendInfo) },

  'notebook.open': { request: z.object({ path: z.string() }), response: openedNotebook },
  /** Empty, or with the cells and data of a sample. */
  'notebook.create': { request: z.object({ title: z.string(), template: z.string().optional() }), response: openedNotebook },
  /** Fails with `notebook.changedOnDisk` where the file's hash is not `baseHash` any more. */
  'notebook.save': {
    request: notebookState.pick({ path: true, blocks: true }).extend({ baseHash: z.string() }),
    response: z.object({ hash: z.string() }),
  },
  /** Keeps unsaved text, so that a crash does not lose it; saving takes it away. Done when it is on the disk. */
  'notebook.journal': {
    request: notebookState.pick({ path: true, blocks: true }).extend({ baseHash: z.string() }),
    response: done,
  },
  /** What the knobs are set to, in place of what was kept before. */
  'notebook.keepKnobs': { request: z.object({ path: z.string(), knobs: z.record(z.string(), knobValue) }), response: done },
  /** What of it is out of sight, in place of what was kept before. */
  'notebook.keepView': { request: notebookView.extend({ path: z.string() }), response: done },
  /** The draft that `notebook.open` offered is restored or not wanted, and need not be kept. */
  'notebook.answerDraft': { request: z.object({ path: z.string() }), response: done },
  /** The file as it is now, and as it was at `baseHash` where that is still known: what to merge unsaved text with. */
  'notebook.versions': {
    request: z.object({ path: z.string(), baseHash: z.string() }),
    response: z.object({ disk: openedNotebook, base: z.array(block).optional() }),
  },
  /** Writes the notebook and its runs as one HTML file. `file` is absolute, or from the workspace; default: beside the notebook. */
  'notebook.report': {
    request: notebookState.extend({ file: z.string().min(1).optional(), job }),
    response: z.object({ file: z.string(), bytes: z.number().int(), runs: z.number().int() }),
  },
  /** Evaluates from the top, reads the data and builds the model, as far as `until` (a cell's id). */
  'notebook.check': {
    request: notebookState.extend({
      until: z.string().optional(),
      /** Data whose reading was stopped is read after all; else it stays unread. */
      again: z.boolean().optional(),
    }),
    response: checkedNotebook,
  },
  /** Ends the reading of data that a check waits for; the data cell's outcome says so. */
  'notebook.stopReading': { request: z.object({}), response: done },
  /** Runs a few steps to foresee an epoch's time. */
  'notebook.estimate': { request: notebookState.extend({ cell: z.string().optional() }), response: estimate },

  /** Opens what the data cell `cell` reads for a closer look; one at a time. The other calls name it by its `id`. */
  'data.look': { request: notebookState.extend({ cell: z.string() }), response: openedLook },
  /** The first call copies the table; `data.progressed` tells how far it is. */
  'data.rows': {
    request: z.object({
      id: z.string(),
      selection: lookSelection.default({ filters: [] }),
      offset: z.number().int().nonnegative(),
      limit: z.number().int().positive().max(1000),
    }),
    response: lookPage,
  },
  /** What the named columns hold, over the rows that the filters leave. Ask for a few at a time. */
  'data.profile': {
    request: z.object({ id: z.string(), columns: z.array(z.string()).min(1), selection: lookSelection.default({ filters: [] }) }),
    response: z.object({ columns: z.array(columnProfile) }),
  },
  /** Pictures of one class (its place among the classes), of some rows, or all. */
  'data.pictures': {
    request: z.object({
      id: z.string(),
      label: z.number().int().nonnegative().optional(),
      rows: z.array(z.number().int().nonnegative()).max(10_000).optional(),
      offset: z.number().int().nonnegative(),
      limit: z.number().int().positive().max(500),
    }),
    response: picturePage,
  },
  'data.series': { request: seriesAsk.extend({ id: z.string() }), response: lookSeries },
  'data.channels': { request: z.object({ id: z.string() }), response: channelStatistics },
  /** Ends it at once, whatever is going on. */
  /** How much decoded data the workspace's cache holds; `clear` empties it, and tells what was in it. */
  'data.cache': { request: z.object({ clear: z.boolean() }), response: z.object({ files: z.number().int(), bytes: z.number() }) },
  /** What the model gets of the data cell `cell` in a step of an epoch, both from 1, as the train cell below says it. */
  'data.batch': {
    request: notebookState.extend({ cell: z.string(), epoch: z.number().int().positive(), step: z.number().int().positive() }),
    response: lookBatch,
  },
  'data.closeLook': { request: z.object({ id: z.string() }), response: done },

  /** The cell language as a TypeScript declaration file, for the editor, described in the language of the screen. */
  'language.typings': { request: z.object({ locale: z.enum(locales) }), response: z.object({ text: z.string() }) },

  /** Queues a run of the train cell `cell` (default: the only one). */
  'training.start': {
    request: notebookState.extend({
      cell: z.string().optional(),
      name: z.string().optional(),
      /** Instead of the text's. */
      seed: z.number().int().optional(),
      /** Default: the device's. */
      backend: z.string().optional(),
      /** Default: the setting. Where the graphics processor cannot be used, the processor trains, and the run says why. */
      device: z.enum(['cpu', 'gpu']).optional(),
      /** Default: the setting. */
      threads: z.number().int().min(0).max(256).optional(),
    }),
    response: runSummary,
  },
  /** Between two steps; the trainer process keeps its memory. */
  'training.pause': { request: z.object({ runId }), response: done },
  'training.resume': { request: z.object({ runId }), response: done },
  /** Ends after the step in progress; what was stored stays. */
  'training.stop': { request: z.object({ runId }), response: done },

  /** Searches knobs of the train cell `cell` (default: the only one) in runs that are its trials. `knobs` are those not searched. */
  'sweeps.start': {
    request: notebookState.extend({
      cell: z.string().optional(),
      trials: sweepSettings.shape.trials,
      sampler: sweepSettings.shape.sampler.default('tpe'),
      pruner: sweepSettings.shape.pruner.default('none'),
      /** Default: val_loss, or loss where nothing is validated. */
      metric: z.string().min(1).optional(),
      /** Default: as the metric's name says. */
      direction: sweepSettings.shape.direction.optional(),
      seed: sweepSettings.shape.seed.default(0),
      workers: sweepSettings.shape.workers.default(1),
      budgetMs: sweepSettings.shape.budgetMs,
      /** In the place of the text's ranges, or besides them; bounds that are left out are the text's. */
      ranges: z.array(knobRange).optional(),
      /** The knobs to search. Default: all that have a range and no value in `knobs`. */
      only: z.array(z.string()).min(1).optional(),
      backend: z.string().optional(),
      device: z.enum(['cpu', 'gpu']).optional(),
      /** Of all workers together. Default: the setting. */
      threads: z.number().int().min(0).max(256).optional(),
    }),
    response: sweep,
  },
  /** Goes on with a sweep by its id, name or `latest`: first with trials that did not end, then with new ones. */
  'sweeps.resume': {
    request: z.object({
      id: z.string(),
      trials: sweepSettings.shape.trials.optional(),
      workers: sweepSettings.shape.workers.optional(),
      budgetMs: sweepSettings.shape.budgetMs,
    }),
    response: sweep,
  },
  'sweeps.stop': { request: z.object({ id: z.string() }), response: done },
  'sweeps.get': { request: z.object({ id: z.string() }), response: z.object({ sweep, trials: z.array(trial) }) },
  /** Newest first. */
  'sweeps.list': { request: z.object({ notebook: z.string().optional() }), response: z.array(sweep) },

  /**
   * Goes on with a run that ended before its time, from its furthest checkpoint, to the bits of an undisturbed run; with
   * more `epochs` also with one that is done.
   */
  'runs.resume': { request: z.object({ runId, epochs: z.number().int().positive().optional() }), response: runSummary },
  /** A new run that goes on from another's state after an epoch, with other values of its knobs. */
  'runs.fork': {
    request: z.object({
      runId,
      epoch: z.number().int().positive(),
      knobs: z.record(z.string(), knobValue).default({}),
      name: z.string().min(1).optional(),
    }),
    response: runSummary,
  },
  /** Trains a run again, as a new run. */
  'runs.reproduce': { request: z.object({ runId }), response: runSummary },
  /** Compares a run that `runs.reproduce` made with its origin, as far as it has come. */
  'runs.reproduction': { request: z.object({ runId }), response: reproduction },

  /** Newest first, or by a metric's best value. `where` is an expression of main/store/query.ts; throws `query.*`. */
  'runs.list': {
    request: z.object({
      notebook: z.string().optional(),
      deleted: z.boolean().optional(),
      where: z.string().optional(),
      sort: z.string().optional(),
      limit: z.number().int().positive().optional(),
    }),
    response: z.array(runSummary),
  },
  /** What a `where` names that no run of the store has, the bin's among them; throws `query.*`. Empty where there are no runs. */
  'runs.checkQuery': { request: z.object({ where: z.string() }), response: z.array(plainError) },
  /** The list, or the bin, in pieces, newest first: the first ones are there at once. */
  'runs.page': {
    request: z.object({ before: z.number().int().optional(), limit: z.number().int().positive(), deleted: z.boolean().optional() }),
    response: packedRuns,
  },
  /** What a user calls a run: its id, an unambiguous start of one, its name, or `latest`. */
  'runs.find': { request: z.object({ reference: z.string(), deleted: z.boolean().optional() }), response: runSummary },
  'runs.get': { request: z.object({ runId }), response: runDetail },
  /** The notebook's text as it was when the run was started, in blocks. */
  'runs.notebook': { request: z.object({ runId }), response: z.object({ blocks: z.array(block) }) },
  /** The files a run was trained on and whether they are still the same; `rows`: also which row was in which part. */
  'runs.data': { request: z.object({ runId, rows: z.boolean().default(false) }), response: runData },
  /** Confusion, watched layers, the search for a learning rate: what `runs.get` leaves out for its size. */
  'runs.observations': { request: z.object({ runId }), response: observations },
  /** What its curves mean, from which epoch on, and what to try. */
  'runs.diagnose': { request: z.object({ runId }), response: diagnosis },
  'runs.compare': { request: z.object({ runIds: z.array(runId).min(1) }), response: comparison },
  'runs.update': {
    request: z.object({ runId, name: z.string().min(1).optional(), tags: z.array(z.string()).optional(), note: z.string().optional() }),
    response: runSummary,
  },
  /** To the bin; `runs.restore` takes them out again. */
  'runs.delete': { request: z.object({ runIds: z.array(runId) }), response: done },
  'runs.restore': { request: z.object({ runIds: z.array(runId) }), response: done },
  /** Of many runs at once. Tags are added and taken off; null gives back the first colour; one run at most is the baseline. */
  'runs.organize': {
    request: z.object({
      runIds: z.array(runId).min(1),
      addTags: z.array(z.string().trim().min(1).max(60)).optional(),
      removeTags: z.array(z.string()).optional(),
      color: paletteColor.optional(),
      /** The same for each run by itself. */
      colors: z.record(runId, paletteColor).optional(),
      archived: z.boolean().optional(),
      baseline: z.boolean().optional(),
    }),
    /** As they are now; of more than a few, none: `runs.listChanged` says that the list is worth fetching again. */
    response: z.array(runSummary),
  },
  /** Takes runs in the bin (default: all of them) out of the store for good, with their checkpoints, and frees the disk. */
  'runs.purge': {
    request: z.object({ runIds: z.array(runId).optional(), job }),
    response: z.object({ runs: z.number().int(), freedBytes: z.number() }),
  },
  'runs.export': {
    request: z.object({
      runId,
      format: exportFormat,
      folder: z.string(),
      checkpoint,
      job,
    }),
    response: exported,
  },
  /**
   * Loss, metrics and confusion of a run's model: on parts of its own data (default: all but the training part), or on
   * `files` with what is to be predicted. Paths are from `folder`; default: the workspace's.
   */
  'runs.evaluate': {
    request: z.object({
      runId,
      checkpoint,
      part: partName.or(z.literal('all')).optional(),
      files: z.array(z.string().min(1)).min(1).optional(),
      folder: z.string().optional(),
      job,
    }),
    response: evaluation,
  },
  /** What a run's model says of the samples in files; `out` (CSV, JSON or Parquet by its ending) is written with all of them. */
  'runs.predict': {
    request: z.object({
      runId,
      checkpoint,
      files: z.array(z.string().min(1)).min(1),
      folder: z.string().optional(),
      out: z.string().min(1).optional(),
      /** How many of the first rows are answered. */
      rows: z.number().int().nonnegative().max(100_000).default(1_000),
      /** Whether all rows are told by `runs.predicted` as they are made; takes a job. */
      tells: z.boolean().default(false),
      job,
    }),
    response: predictions,
  },
  /**
   * Reads all runs that other tools logged in a file, or in a folder and below; without `tool`, of every tool. Again and
   * again: a run that was read before is brought up to date. `path` is absolute, or from the workspace's folder.
   */
  'runs.importFolder': { request: z.object({ path: z.string().min(1), tool: z.enum(logTools).optional(), job }), response: importedRuns },
  /** What `runs.importFolder` would read; nothing is stored. */
  'runs.lookAtLogs': { request: z.object({ path: z.string().min(1), tool: z.enum(logTools).optional(), job }), response: foundLogs },
  /** Writes params and every value as other tools read them. `folder` is absolute, or from the workspace's. */
  'runs.exportData': {
    request: z.object({ runIds: z.array(runId).min(1), format: runsFormat, folder: z.string().min(1), job }),
    response: exportedRuns,
  },

  /** Curves as they are drawn: decimated by their lows and highs for what is in view, every point where there is room. */
  'runs.curves': { request: curvesRequest, response: drawnCurves },
  /** Named layouts of the table of runs, and how it was left. */
  'runs.views': { request: nothing, response: runViews },
  /** Another of the same name is replaced; without a name it is how the table was left. */
  'runs.saveView': { request: z.object({ name: runView.shape.name.optional(), layout: tableLayout }), response: done },
  'runs.removeView': { request: z.object({ name: z.string() }), response: done },
  'store.space': { request: z.object({ job }), response: spaceReport },
  /** Writes the database anew without gaps and removes checkpoints of runs that are gone. Not while something trains. */
  'store.shrink': { request: z.object({ job }), response: z.object({ freedBytes: z.number() }) },
  /** Writes the store and the notebooks as a workspace that can be opened elsewhere. `folder` is absolute, or from the workspace's. */
  'store.backup': { request: z.object({ folder: z.string().min(1), job }), response: storeBackup },
  'store.check': { request: z.object({ job }), response: storeCheck },
  'store.health': { request: nothing, response: storeHealth },
  /** Saves what can be read of a damaged store into a new one and names what cannot. Not while something trains. */
  'store.rescue': { request: z.object({ job }), response: storeRescue },
  /** Ends a job as soon as it can; what it did stays. The call it belongs to fails with `job.cancelled`. */
  'job.cancel': { request: z.object({ job: z.string() }), response: done },

  /** The system's own dialog; null where it was dismissed. Desktop only. */
  'shell.chooseFolder': { request: z.object({ title: z.string() }), response: z.object({ folder: z.string().nullable() }) },
  'shell.showItem': { request: z.object({ path: z.string() }), response: done },
} satisfies Record<CallName, { request: z.ZodType; response: z.ZodType }>;

/** What a caller passes (defaults may be left out). */
export type Request<K extends CallName> = z.input<(typeof calls)[K]['request']>;
/** What a handler gets: parsed, defaults filled in. */
export type ParsedRequest<K extends CallName> = z.output<(typeof calls)[K]['request']>;
export type Response<K extends CallName> = z.output<(typeof calls)[K]['response']>;

export const reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: plainError }),
]);
export type Reply<T> = { ok: true; value: T } | { ok: false; error: PlainError };

export type Handlers = { [K in CallName]: (request: ParsedRequest<K>) => Promise<Response<K>> };
