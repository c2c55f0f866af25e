/** What every shell drives: the contract's calls over one workspace. */
import os from 'node:os';
import { existsSync, promises as disk } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { calls, type Handlers, type Reply } from '#contract/calls.ts';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import type { Emit, Payload } from '#contract/events.ts';
import type { RunId } from '#contract/ids.ts';
import type { OpenedNotebook } from '#contract/notebook.ts';
import { packRuns } from '#contract/packed-runs.ts';
import type { RunSummary } from '#contract/runs.ts';
import { type CallName, callNames, type EventName } from '#contract/names.ts';
import { cellLanguageTypings } from '#notebook/language/typings.ts';
import { parseNotebook } from '#notebook/parse.ts';
import { printNotebook } from '#notebook/print.ts';
import { warmSandbox } from '#notebook/sandbox/session.ts';
import type { ProcessLock } from '#store/process-lock.ts';
import { filesSince, readRows } from '#files/data-record.ts';
import { namesOfNoRun, parseQuery, sortByMetric } from '#store/query.ts';
import { maintain, maintainIn } from '#store/maintenance.ts';
import { isReadOnly } from '#store/read-only-copy.ts';
import { databaseFile, openStore, type Store } from '#store/store.ts';
import { lockWorkspace, type WorkspaceLock } from '#store/workspace-lock.ts';
import { createTrainerHost } from '#trainer/host.ts';
import { createChecks, evaluateSpec } from './check.ts';
import { compareRuns } from './compare.ts';
import { diagnose } from './diagnose.ts';
import { createCurves } from './curves.ts';
import { type Context, toldOneByOne, type WorkbenchOptions } from './context.ts';
import { columnsOf, createExplorer } from './explorer.ts';
import { readImage } from './images.ts';
import { located } from './located.ts';
import { cacheSize, clearCache } from '#files/cache-folder.ts';
import { createLooks, tableColumns } from './looks.ts';
import { createGoingOn } from './go-on.ts';
import { createNotebooks } from './notebooks.ts';
import { fileInWorkspace, foldersOf } from './paths.ts';
import { openPlaces } from './places.ts';
import { writeReport } from './report.ts';
import { createJobs } from './jobs.ts';
import { createRunQueue } from './run-queue.ts';
import { createSweeps } from './sweep/sweeps.ts';
import { copySample, copyTemplate, listSamples } from './samples.ts';
import { openSettings } from './settings.ts';
import { backUp, purgeRuns, rescue } from './storage.ts';
import { exportRuns, importRuns, lookAtLogs } from './transfer.ts';
import { createModelUse } from './use-model.ts';
import { watchFolders, type Watch } from './watch.ts';
import { readWorkspace } from './workspace.ts';

export type { ShellFunctions, WorkbenchOptions } from './context.ts';

export type Listener = <E extends EventName>(name: E, payload: Payload<E>) => void;

export interface Workbench {
  readonly handlers: Handlers;
  /** Parses the request, runs its handler and answers; never rejects. */
  call(name: string, request: unknown): Promise<Reply<unknown>>;
  /** Returns a function that ends the subscription. */
  subscribe(listener: Listener): () => void;
  /** How many runs train or wait here, and are paused where those count too. Those of other processes are theirs. */
  countGoingOn(withPaused: boolean): number;
  /** Stops training, keeps every stored epoch, ends the trainer processes and lets go of the workspace. */
  close(): Promise<void>;
}

const defaultBackend = 'native';
/** How often the app looks for what commands beside it did to the runs. */
const lookElsewhereMs = 1000;
const gpuBackend = 'webgpu';

/** A workspace that is open: its store and, under an app, its lock and its watch. */
interface OpenWorkspace {
  readonly folder: string;
  readonly lock: ProcessLock | undefined;
  readonly watch: Watch | undefined;
  store: Store | undefined;
}

function isCallName(name: string): name is CallName {
  return (callNames as readonly string[]).includes(name);
}

/**
 * Opens the workspace. Under an app it is locked against a second one (throws `store.workspaceLocked`), and its store is
 * opened at once so that what is wrong with it is said at the start; a command opens the store when it needs it.
 */
export async function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const listeners = new Set<Listener>();
  const emit: Emit = (name, payload) => {
    for (const listener of listeners) {
      try {
        listener(name, payload);
      } catch (error) {
        // One page that cannot be told must not end the training of all.
        console.error(error);
      }
    }
  };
  const isApp = options.shell.name !== 'cli';
  if (options.forkTask) maintainIn(options.forkTask);
  const settings = openSettings(options.settingsFile);
  const places = openPlaces(join(dirname(options.settingsFile), 'places.json'));

  let health: string[] = [];

  /** What cannot be written to is only read, which needs no lock. */
  function lockToWrite(folder: string): WorkspaceLock | undefined {
    try {
      return lockWorkspace(folder, options.shell.name);
    } catch (error) {
      if (isReadOnly(error)) return undefined;
      throw error;
    }
  }

  async function openWorkspace(folder: string): Promise<OpenWorkspace> {
    const stat = await disk.stat(folder).catch(() => undefined);
    if (!stat?.isDirectory() || !isAbsolute(folder)) throw new EpochbookError('workspace.missing', { folder });
    const real = await disk.realpath(folder);
    health = [];
    if (!isApp) return { folder: real, lock: undefined, watch: undefined, store: undefined };
    const lock = lockToWrite(real);
    try {
      const store = openStore(real);
      if (lock?.wasAbandoned) {
        // Nobody waits for it; a folder that is gone by then has nothing to check.
        maintain('check', { file: store.file }).then(
          (problems) => {
            // A page that comes later asks for it.
            health = [...problems];
            emit('store.checked', { problems: [...problems] });
          },
          () => undefined,
        );
      }
      const watch = watchFolders(
        real,
        () => {
          emit('workspace.changed', {});
          // The folder may be gone by now; then there is nothing to notice.
          notebooks.noticeChanges().catch(() => undefined);
          follow().catch(() => undefined);
        },
        (name) => name === '.epochbook' || name.endsWith('.part'),
      );
      return { folder: real, lock, watch, store };
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  function closeWorkspace({ watch, store, lock }: OpenWorkspace): void {
    watch?.close();
    store?.close();
    lock?.release();
  }

  /** Watches the folders that notebooks and data files lie in. */
  async function follow(): Promise<void> {
    const { folder, watch } = open;
    if (!watch) return;
    const { notebooks: found, dataFiles } = await readWorkspace(folder);
    if (open.watch === watch) watch.follow([...found, ...dataFiles].map(({ path }) => resolve(folder, path)));
  }

  const trainer = createTrainerHost({ fork: options.fork });
  const context: Context = {
    options,
    trainer,
    emit,
    settings: () => settings.get(),
    folder: () => open.folder,
    store: () => (open.store ??= openStore(open.folder)),
  };
  const notebooks = createNotebooks(context);
  const checks = createChecks(context);
  const curves = createCurves(() => context.store());
  const looks = createLooks(context);
  const queue = createRunQueue(context);
  const sweeps = createSweeps(context);
  const isBusy = () => queue.isBusy() || sweeps.isBusy();
  const queueOf = (id: RunId) => sweeps.queueOf(id) ?? queue;
  const jobs = createJobs(emit);
  const modelUse = createModelUse(context);
  // A first evaluation finds the sandbox's thread started.
  if (isApp) warmSandbox();
  const goingOn = createGoingOn(context, queue);
  let open = await openWorkspace(options.folder);
  let firstNotebook = options.notebook;
  follow().catch(() => undefined);

  /** Gives the runs, where they are told of one by one. */
  function tellChanged(ids: readonly RunId[]): RunSummary[] {
    if (ids.length > toldOneByOne) {
      emit('runs.listChanged', {});
      return [];
    }
    const runs = ids.map((id) => context.store().summary(id));
    for (const run of runs) emit('runs.changed', { run });
    return runs;
  }

  function lookElsewhere(): void {
    try {
      const found = open.store?.changedElsewhere();
      if (!found) return;
      if (found === 'unknown') emit('runs.listChanged', {});
      const changed = found === 'unknown' ? [] : tellChanged(found.changed);
      sweeps.tellElsewhere(found === 'unknown' || changed.length < found.changed.length ? 'unknown' : changed);
      if (found !== 'unknown' && found.removed.length > 0) emit('runs.removed', { runIds: [...found.removed] });
    } catch {
      // What is wrong with the store is said to whoever asks for something.
    }
  }
  const looking = isApp ? setInterval(lookElsewhere, lookElsewhereMs).unref() : undefined;

  /** A listing makes no database where there is none. */
  const hasStore = () => open.store !== undefined || existsSync(resolve(open.folder, '.epochbook', 'epochbook.sqlite'));

  const explorer = createExplorer(context, hasStore);

  /** Folders that are not watched yet may have come: the page hears of it at once. */
  function noticed<T>(value: T): T {
    emit('workspace.changed', {});
    follow().catch(() => undefined);
    return value;
  }

  /** Throws where nothing can be written into the workspace. */
  function expectStorable(): void {
    if (open.store?.readOnly) throw open.store.readOnly;
  }

  const shownWorkspace = async () => ({ ...(await readWorkspace(open.folder)), readOnly: open.store?.readOnly !== undefined });

  /** A command does to the whole store only what no app is using. */
  async function alone<T>(action: () => Promise<T>): Promise<T> {
    const lock = isApp ? undefined : lockToWrite(open.folder);
    try {
      return await action();
    } finally {
      lock?.release();
    }
  }

  /** Where training happens, as it is asked for or set. */
  function device(request: { backend?: string | undefined; device?: 'cpu' | 'gpu' | undefined; threads?: number | undefined }) {
    const wantsGpu = request.backend === undefined && (request.device ?? settings.get().device) === 'gpu';
    return {
      backend: request.backend ?? (wantsGpu ? gpuBackend : defaultBackend),
      ...(wantsGpu && { otherwise: defaultBackend }),
      threads: request.threads ?? settings.get().threads,
    };
  }

  /** On a screen, a check follows at once: what it needs starts while the page still draws. */
  function openNotebook(path: string): Promise<OpenedNotebook> {
    if (isApp) trainer.warm();
    return notebooks.open(path);
  }

  const handlers: Handlers = {
    'app.info': async () => ({
      version: options.version,
      shell: options.shell.name,
      platform: process.platform,
      ...(process.versions['electron'] !== undefined && { electron: process.versions['electron'] }),
      node: process.versions.node,
      backend: settings.get().device === 'gpu' ? gpuBackend : defaultBackend,
      threads: settings.get().threads || os.cpus().length,
      cores: os.cpus().length,
      memoryBytes: os.totalmem(),
      ...(firstNotebook !== undefined && { notebook: firstNotebook }),
    }),
    'settings.get': async () => settings.get(),
    'settings.set': (change) => settings.set(change),

    'workspace.get': shownWorkspace,
    async 'workspace.open'({ folder }) {
      if (isBusy()) throw new EpochbookError('workspace.busy');
      if ((await disk.realpath(folder).catch(() => folder)) !== open.folder) {
        const next = await openWorkspace(folder);
        closeWorkspace(open);
        open = next;
        firstNotebook = undefined;
        notebooks.clear();
        follow().catch(() => undefined);
        emit('workspace.changed', {});
      }
      return shownWorkspace();
    },
    async 'workspace.makeFolder'({ path }) {
      await explorer.makeFolder(path);
      return noticed({});
    },
    async 'workspace.rename'({ from, to }) {
      await explorer.rename(from, to);
      await notebooks.renamed(from, to);
      return noticed({});
    },
    'workspace.remove': async ({ path }) => noticed({ id: await explorer.remove(path) }),
    'workspace.restore': async ({ id }) => noticed({ path: await explorer.restore(id) }),
    async 'workspace.upload'(piece) {
      const path = await explorer.upload(piece);
      return path === undefined ? {} : noticed({ path });
    },
    async 'workspace.cancelUpload'({ id }) {
      await explorer.cancelUpload(id);
      return {};
    },
    async 'workspace.columns'({ path }) {
      const columns = (await columnsOf(open.folder, path)) ?? (await tableColumns(context, path));
      return columns ? { columns } : {};
    },
    'places.list': async () => places.list(),
    async 'places.remember'(opened) {
      await places.remember({ folder: open.folder, ...opened, at: Date.now() });
      return {};
    },
    'workspace.readImage': ({ notebook, source }) => readImage(open.folder, notebook, source),
    'samples.list': () => listSamples(options.samplesFolder, settings.get().locale),
    async 'samples.open'({ id }) {
      expectStorable();
      const path = await copySample(options.samplesFolder, id, open.folder);
      follow().catch(() => undefined);
      return openNotebook(path);
    },

    'backends.list': ({ measure = false }) => trainer.backends(measure),

    'notebook.open': ({ path }) => openNotebook(path),
    async 'notebook.create'({ title, template }) {
      expectStorable();
      const begun = template === undefined ? undefined : await copyTemplate(options.samplesFolder, template, open.folder);
      return noticed(await notebooks.create(title, begun));
    },
    'notebook.save': ({ path, blocks, baseHash }) => notebooks.save(path, blocks, baseHash),
    async 'notebook.journal'({ path, blocks, baseHash }) {
      await notebooks.journal(path, blocks, baseHash);
      return {};
    },
    async 'notebook.keepKnobs'({ path, knobs }) {
      await notebooks.keepKnobs(path, knobs);
      return {};
    },
    async 'notebook.keepView'({ path, ...view }) {
      await notebooks.keepView(path, view);
      return {};
    },
    async 'notebook.answerDraft'({ path }) {
      await notebooks.answerDraft(path);
      return {};
    },
    'notebook.versions': ({ path, baseHash }) => notebooks.versions(path, baseHash),
    'notebook.report': ({ file, job, ...state }) =>
      jobs.run(job, async (step) => {
        step.signal.addEventListener('abort', () => void checks.stopReading());
        const checked = await checks.check(state);
        step.tell(0);
        return writeReport(context, state, checked, hasStore(), file);
      }),
    'notebook.check': (request) => checks.check(request),
    'notebook.stopReading': async () => {
      await checks.stopReading();
      return {};
    },
    'notebook.estimate': (request) => checks.estimate(request),
    ...looks,
    'data.cache': ({ clear }) => (clear ? clearCache(context.folder()) : cacheSize(context.folder())),
    'language.typings': async ({ locale }) => ({ text: cellLanguageTypings(locale) }),

    async 'training.start'(request) {
      const { spec, evaluated } = await evaluateSpec(request, request.cell);
      const seed = request.seed ?? spec.train.seed;
      return queue.start({
        notebook: request.path,
        cell: request.cell,
        source: printNotebook(request.blocks),
        spec: { ...spec, train: { ...spec.train, seed } },
        params: Object.fromEntries(evaluated.knobs.map(({ name, value }) => [name, value])),
        name: request.name,
        ...device(request),
        folders: foldersOf(open.folder, request.path),
        locate: (error) => located(error, evaluated, request.cell),
      });
    },
    async 'training.pause'({ runId }) {
      queueOf(runId).pause(runId);
      return {};
    },
    async 'training.resume'({ runId }) {
      queueOf(runId).resume(runId);
      return {};
    },
    async 'training.stop'({ runId }) {
      queueOf(runId).stop(runId);
      return {};
    },

    'sweeps.start': (request) => sweeps.start(request, device(request)),
    'sweeps.resume': (request) => sweeps.resume(request),
    async 'sweeps.stop'({ id }) {
      sweeps.stop(id);
      return {};
    },
    'sweeps.get': async ({ id }) => sweeps.get(id),
    'sweeps.list': async ({ notebook }) => (hasStore() ? sweeps.list(notebook) : []),

    'runs.resume': goingOn.resume,
    'runs.fork': goingOn.fork,
    'runs.reproduce': goingOn.reproduce,
    'runs.reproduction': goingOn.reproduction,

    async 'runs.list'({ notebook, deleted, where, sort, limit }) {
      const filter = where === undefined ? undefined : parseQuery(where).filter;
      const found = hasStore() ? context.store().list({ notebook, deleted }) : [];
      const chosen = filter ? found.filter(filter) : found;
      return (sort === undefined ? chosen : sortByMetric(chosen, sort)).slice(0, limit);
    },
    async 'runs.checkQuery'({ where }) {
      return hasStore() ? namesOfNoRun(where, () => context.store().names()) : [];
    },
    async 'runs.page'(piece) {
      return hasStore() ? context.store().page(piece) : { ...packRuns([], []), metrics: [], total: 0 };
    },
    async 'runs.find'({ reference, deleted = false }) {
      if (!hasStore()) throw new EpochbookError('store.noRuns');
      return context.store().find(reference, { deleted });
    },
    'runs.get': async ({ runId }) => context.store().detail(runId),
    'runs.notebook': async ({ runId }) => ({ blocks: parseNotebook(context.store().detail(runId).source).blocks }),
    async 'runs.data'({ runId, rows }) {
      const { notebook, imported } = context.store().summary(runId);
      if (imported) return { files: [] };
      const folder = context.store().checkpointFolder(runId);
      const files = await filesSince(folder, foldersOf(open.folder, notebook).notebook);
      if (!rows) return { files };
      const parts = Object.entries(await readRows(folder)).map(([part, list]) => [part, [...list]]);
      return { files, rows: Object.fromEntries(parts) as Record<string, number[]> };
    },
    'runs.observations': async ({ runId }) => context.store().observations(runId),
    'runs.diagnose': async ({ runId }) => diagnose(context.store().detail(runId)),
    async 'runs.compare'({ runIds }) {
      const store = context.store();
      // Repeats of each other have the same ones: to find them takes time.
      const known = new Map<RunId, readonly RunSummary[]>();
      return compareRuns(
        runIds.map((id) => {
          const repeats = known.get(id) ?? store.repeats(id);
          for (const run of repeats) known.set(run.id, repeats);
          return { summary: store.summary(id), spec: store.spec(id), repeats };
        }),
      );
    },
    async 'runs.update'({ runId, ...change }) {
      context.store().update(runId, change);
      const run = context.store().summary(runId);
      emit('runs.changed', { run });
      return run;
    },
    async 'runs.delete'({ runIds }) {
      context.store().remove(runIds);
      emit('runs.removed', { runIds });
      return {};
    },
    async 'runs.restore'({ runIds }) {
      context.store().restore(runIds);
      tellChanged(runIds);
      return {};
    },
    async 'runs.organize'({ runIds, ...change }) {
      const store = context.store();
      // Another baseline gives way, and is to be drawn again as well.
      const others = change.baseline ? store.list().filter((run) => run.baseline) : [];
      store.organize(runIds, change);
      return tellChanged([...new Set([...others.map(({ id }) => id), ...runIds])]);
    },
    'runs.purge': ({ runIds, job }) =>
      jobs.run(job, async (step) => {
        if (!hasStore()) return { runs: 0, freedBytes: 0 };
        const store = context.store();
        const ids = runIds ?? store.binned();
        const purged = await purgeRuns(store, ids, step, !isBusy());
        emit('runs.removed', { runIds: ids });
        return purged;
      }),
    'runs.export': (request) => jobs.run(request.job, (job) => modelUse.export(request, job)),
    'runs.evaluate': (request) => jobs.run(request.job, (job) => modelUse.evaluate(request, job)),
    'runs.predict': (request) => jobs.run(request.job, (job) => modelUse.predict(request, job)),
    'runs.lookAtLogs': ({ path, tool, job }) => jobs.run(job, (step) => lookAtLogs(context, path, tool, step)),
    'runs.importFolder': ({ path, tool, job }) => jobs.run(job, (step) => importRuns(context, path, tool, step)),
    'runs.exportData': ({ runIds, format, folder, job }) => jobs.run(job, (step) => exportRuns(context, runIds, format, folder, step)),

    'runs.curves': async (request) => curves(request),
    'runs.views': async () => (hasStore() ? context.store().views() : { views: [] }),
    async 'runs.saveView'({ name, layout }) {
      // How an empty table was left is not worth a database, nor that of one that is only read a complaint.
      if (name !== undefined || (hasStore() && !context.store().readOnly)) context.store().saveView(name, layout);
      return {};
    },
    async 'runs.removeView'({ name }) {
      context.store().removeView(name);
      return {};
    },

    'store.space': ({ job }) => jobs.run(job, (step) => context.store().space(step.signal)),
    'store.shrink': ({ job }) =>
      jobs.run(job, async (step) => {
        if (isBusy()) throw new EpochbookError('store.busyTraining');
        const store = context.store();
        const before = await store.space(step.signal);
        await alone(() => store.compact(step.signal));
        return { freedBytes: Math.max(0, before.totalBytes - (await store.space()).totalBytes) };
      }),
    'store.backup': ({ folder, job }) => jobs.run(job, (step) => backUp(context.store(), open.folder, folder, step)),
    'store.check': ({ job }) =>
      jobs.run(job, async (step) => {
        if (!hasStore()) return { problems: [] };
        // A database that is too damaged to be opened is checked all the same.
        const file = open.store?.readOnly ? open.store.readableFile : databaseFile(open.folder);
        health = [...(await maintain('check', { file }, step.signal))];
        return { problems: health };
      }),
    'store.health': async () => ({ problems: health }),
    'store.rescue': ({ job }) =>
      jobs.run(job, async (step) => {
        if (!hasStore()) throw new EpochbookError('store.noRuns');
        if (isBusy()) throw new EpochbookError('store.busyTraining');
        const saved = await alone(async () => {
          open.store?.close();
          open.store = undefined;
          return rescue(open.folder, step);
        });
        health = [];
        emit('runs.listChanged', {});
        return saved;
      }),
    async 'job.cancel'({ job }) {
      jobs.cancel(job);
      return {};
    },

    async 'shell.chooseFolder'({ title }) {
      if (!options.shell.chooseFolder) throw new EpochbookError('shell.unavailable');
      return { folder: (await options.shell.chooseFolder(title)) ?? null };
    },
    async 'shell.showItem'({ path }) {
      if (!options.shell.showItem) throw new EpochbookError('shell.unavailable');
      options.shell.showItem(isAbsolute(path) ? path : fileInWorkspace(open.folder, path));
      return {};
    },
  };

  if (options.wantsSample === true && !open.store?.readOnly) {
    const [first] = await listSamples(options.samplesFolder, settings.get().locale);
    if (first) firstNotebook = await copySample(options.samplesFolder, first.id, open.folder);
  }

  return {
    handlers,
    async call(name, request) {
      try {
        if (!isCallName(name)) throw new EpochbookError('request.invalid', { call: name, detail: '?' });
        const parsed = calls[name].request.safeParse(request);
        if (!parsed.success) {
          const issue = parsed.error.issues[0];
          throw new EpochbookError('request.invalid', { call: name, detail: `${issue.path.join('.')}: ${issue.message}` });
        }
        const handler = handlers[name] as (request: unknown) => Promise<unknown>;
        return { ok: true, value: await handler(parsed.data) };
      } catch (error) {
        const plain = toPlainError(error);
        if (plain.code === 'internal') console.error(error);
        return { ok: false, error: plain };
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    countGoingOn: (withPaused) => queue.count(withPaused) + sweeps.count(withPaused),
    async close() {
      clearInterval(looking);
      await Promise.all([queue.stopAll(), sweeps.stopAll()]);
      await trainer.close();
      closeWorkspace(open);
    },
  };
}
