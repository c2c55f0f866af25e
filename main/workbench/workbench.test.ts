import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Request, Response } from '#contract/calls.ts';
import { fromPlainError } from '#contract/errors.ts';
import type { Payload } from '#contract/events.ts';
import { isGoingOn } from '#contract/going-on.ts';
import type { CallName, EventName } from '#contract/names.ts';
import type { CheckedNotebook, OpenedNotebook } from '#contract/notebook.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { SweepSettings } from '#contract/sweeps.ts';
import { clearUnfinished } from '#interchange/exported-folder.ts';
import { openStore } from '#store/store.ts';
import { epochRow, newRun } from '#store/testing/run-fixture.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { pointsNotebook, writeWorkspace } from './testing/workspace.ts';
import { createWorkbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

let folder: string;
let opened: Workbench[] = [];

interface Client {
  readonly workbench: Workbench;
  readonly events: { name: EventName; payload: unknown }[];
  call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>>;
  /** The run's summary once it is not going on any more. */
  ended(id: string): Promise<RunSummary>;
  /** When an event that the test wants has come, now or before. */
  event<E extends EventName>(name: E, wanted?: (payload: Payload<E>) => boolean): Promise<Payload<E>>;
}

async function start(options: Partial<WorkbenchOptions> = {}): Promise<Client> {
  const workbench = await createWorkbench({
    folder,
    fork: forkTrainerOnNode(),
    samplesFolder: join(import.meta.dirname, '../../resources/samples'),
    settingsFile: join(folder, 'settings.json'),
    version: '1.2.3',
    shell: { name: 'browser' },
    ...options,
  });
  opened.push(workbench);
  const events: Client['events'] = [];
  const waiting = new Set<() => void>();
  workbench.subscribe((name, payload) => {
    events.push({ name, payload });
    for (const look of waiting) look();
  });
  const event: Client['event'] = (name, wanted = () => true) =>
    new Promise((resolve) => {
      const look = () => {
        const found = events.find((item) => item.name === name && wanted(item.payload as never));
        if (!found) return;
        waiting.delete(look);
        resolve(found.payload as never);
      };
      waiting.add(look);
      look();
    });
  return {
    workbench,
    events,
    event,
    async call(name, request) {
      const reply = await workbench.call(name, request);
      if (!reply.ok) throw Object.assign(fromPlainError(reply.error), { message: reply.error.message });
      return reply.value as never;
    },
    ended: async (id) => (await event('runs.changed', ({ run }) => run.id === id && !isGoingOn(run))).run,
  };
}

const state = ({ path, blocks }: OpenedNotebook) => ({ path, blocks });

/** The notebook with one text in it replaced, read as a notebook anew. */
async function edited(client: Client, from: string, to: string): Promise<ReturnType<typeof state>> {
  expect(pointsNotebook).toContain(from);
  writeFileSync(join(folder, 'edited.epoch.md'), pointsNotebook.replace(from, to));
  return state(await client.call('notebook.open', { path: 'edited.epoch.md' }));
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'epochbook-workbench-')));
  writeWorkspace(folder);
});

afterEach(async () => {
  await Promise.all(opened.map((workbench) => workbench.close()));
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

describe('calls', () => {
  it('are answered with an error where they are unknown or wrong', async () => {
    const { workbench } = await start();
    expect(await workbench.call('no.call', {})).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
    expect(await workbench.call('toString', {})).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
    expect(await workbench.call('notebook.open', { path: 7 })).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
    expect(await workbench.call('runs.get', { runId: 'nonsense' })).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
    expect(await workbench.call('runs.get', { runId: 'aaaaaaaaaaaa' })).toMatchObject({ ok: false, error: { code: 'store.runMissing' } });
  });

  it('tell about the app and keep settings for the next start', async () => {
    const first = await start({ notebook: 'points.epoch.md' });
    expect(await first.call('app.info', {})).toMatchObject({ version: '1.2.3', shell: 'browser', notebook: 'points.epoch.md' });
    expect(await first.call('settings.set', { theme: 'dark' })).toEqual({
      theme: 'dark',
      locale: 'en',
      threads: 0,
      device: 'cpu',
      keys: {},
      lineNumbers: false,
    });
    await first.workbench.close();
    writeFileSync(join(folder, 'settings.json'), readFileSync(join(folder, 'settings.json'), 'utf8').replace('"en"', '"klingon"'));
    expect(await (await start()).call('settings.get', {})).toEqual({
      theme: 'dark',
      locale: 'en',
      threads: 0,
      device: 'cpu',
      keys: {},
      lineNumbers: false,
    });
  });
});

describe('the workspace', () => {
  it('lists notebooks by title and data files, and opens another folder', async () => {
    const client = await start();
    expect(await client.call('workspace.get', {})).toMatchObject({
      folder,
      notebooks: [{ path: 'points.epoch.md', title: 'Points' }],
      dataFiles: [{ path: 'points.csv' }, expect.objectContaining({ path: 'settings.json' })].slice(0, 1),
    });
    const other = join(folder, 'other');
    mkdirSync(other);
    expect(await client.call('workspace.open', { folder: other })).toMatchObject({ folder: other, notebooks: [] });
    await expect(client.call('workspace.open', { folder: join(folder, 'nowhere') })).rejects.toMatchObject({ code: 'workspace.missing' });
    expect((await client.call('workspace.get', {})).folder).toBe(other);
  });

  it('is for one app at a time', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'store.workspaceLocked' });
    // A command works beside it.
    const command = await start({ shell: { name: 'cli' } });
    expect(await command.call('runs.list', {})).toEqual([]);
  });

  it('hears of what commands beside it do to the runs', async () => {
    const app = await start();
    const command = openStore(folder);
    try {
      const first = command.create(newRun());
      // Whose runs these are is not known yet.
      await app.event('runs.listChanged');
      command.recordEpoch(first, epochRow(1, { loss: 0.5 }));
      const { run } = await app.event('runs.changed', (changed) => changed.run.id === first);
      expect(run).toMatchObject({ epochs: 1, metrics: { loss: { last: 0.5 } } });
      await expect(app.call('training.stop', { runId: first })).rejects.toMatchObject({ code: 'training.elsewhere' });
      command.end(first, { status: 'completed', reason: 'epochs' });
      expect((await app.ended(first)).status).toBe('completed');
      command.remove([first]);
      await app.event('runs.changed', (changed) => changed.run.id === first && changed.run.deletedAt !== undefined);
      await command.purge(first);
      expect(await app.event('runs.removed')).toEqual({ runIds: [first] });
      // Of many at once, that there are many.
      app.events.length = 0;
      for (let number = 0; number < 60; number++) command.create(newRun());
      await app.event('runs.listChanged');
    } finally {
      command.close();
    }
  });

  it('hears of a sweep that a command beside it makes', async () => {
    const app = await start();
    const command = openStore(folder);
    try {
      const settings: SweepSettings = {
        trials: 2,
        sampler: 'random',
        pruner: 'none',
        metric: 'val_loss',
        direction: 'min',
        seed: 1,
        workers: 1,
        ranges: [{ name: 'units', min: 1, max: 64 }],
        fixed: {},
        backend: 'native',
        threads: 1,
      };
      const { id, name } = command.createSweep({ notebook: 'points.epoch.md', settings, source: '' });
      const begun = await app.event('sweeps.changed');
      expect(begun.sweep).toMatchObject({ id, status: 'running', trials: { running: 0 } });
      const first = command.create(newRun({ sweep: { id, trial: 1 } }));
      await app.event('sweeps.changed', ({ sweep }) => sweep.trials.running === 1);
      command.recordEpoch(first, epochRow(1, { val_loss: 0.5 }));
      const { sweepId, trial } = await app.event('sweeps.trialChanged', (changed) => changed.trial.epochs === 1);
      expect([sweepId, trial]).toEqual([id, expect.objectContaining({ number: 1, runId: first, value: 0.5, params: { units: 8 } })]);
      await expect(app.call('sweeps.stop', { id })).rejects.toMatchObject({
        code: 'sweep.elsewhere',
        message: expect.stringContaining(name),
      });
      command.end(first, { status: 'completed', reason: 'epochs' });
      command.endSweep(id, { status: 'stopped', reason: 'user' });
      const ended = await app.event('sweeps.changed', ({ sweep }) => sweep.status === 'stopped');
      expect(ended.sweep).toMatchObject({ reason: 'user', trials: { running: 0, completed: 1 }, best: { number: 1 } });
    } finally {
      command.close();
    }
  });

  it('is let go of with the app, and after a change of workspace', async () => {
    const first = await start();
    const other = join(folder, 'other');
    mkdirSync(other);
    await first.call('workspace.open', { folder: other });
    await start();
    await expect(start({ folder: other })).rejects.toMatchObject({ code: 'store.workspaceLocked' });
    await first.workbench.close();
    await start({ folder: other });
  });

  it('tells when a file comes or goes', async () => {
    const client = await start();
    await client.call('workspace.get', {});
    // It begins to watch.
    await client.event('workspace.changed');
    client.events.length = 0;
    writeFileSync(join(folder, 'new.csv'), 'a\n1\n');
    await client.event('workspace.changed');
    expect((await client.call('workspace.get', {})).dataFiles.map(({ path }) => path)).toContain('new.csv');
  });

  it('is not made by a command that only looks', async () => {
    const command = await start({ shell: { name: 'cli' } });
    await command.call('notebook.check', state(await command.call('notebook.open', { path: 'points.epoch.md' })));
    expect(existsSync(join(folder, '.epochbook'))).toBe(false);
  });
});

describe('samples', () => {
  it('are copied once, and the user’s changes stay', async () => {
    const client = await start();
    const samples = await client.call('samples.list', {});
    expect(samples.map(({ id }) => id)).toEqual(['clothes', 'wine', 'sunspots', 'shakespeare']);
    const wine = await client.call('samples.open', { id: 'wine' });
    expect(wine.path).toBe('wine/wine.epoch.md');
    writeFileSync(join(folder, wine.path), `${readFileSync(join(folder, wine.path), 'utf8')}Mine.\n`);
    const again = await client.call('samples.open', { id: 'wine' });
    expect(again.blocks.at(-1)).toMatchObject({ type: 'prose', text: expect.stringContaining('Mine.') });
    expect(readdirSync(join(folder, 'wine')).sort()).toEqual(['LICENCE', 'wine.csv', 'wine.epoch.md']);
    await expect(client.call('samples.open', { id: '../..' })).rejects.toMatchObject({ code: 'samples.unknown' });
  });

  it('greet who starts with an empty folder', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const client = await start({ folder: empty, wantsSample: true });
    const { notebook } = await client.call('app.info', {});
    expect(notebook).toBe('clothes/clothes.epoch.md');
    expect((await client.call('notebook.open', { path: notebook! })).title).not.toBe('');
  });
});

describe('notebook files', () => {
  it('unchanged are saved to the same bytes, line ends and all', async () => {
    const client = await start();
    const bytes = pointsNotebook.replaceAll('\n', '\r\n');
    writeFileSync(join(folder, 'windows.epoch.md'), bytes);
    const notebook = await client.call('notebook.open', { path: 'windows.epoch.md' });
    const { hash } = await client.call('notebook.save', { ...state(notebook), baseHash: notebook.hash });
    expect(hash).toBe(notebook.hash);
    expect(readFileSync(join(folder, 'windows.epoch.md'), 'utf8')).toBe(bytes);
  });

  it('changed by another program are not saved over', async () => {
    const client = await start();
    const notebook = await client.call('notebook.open', { path: 'points.epoch.md' });
    const blocks = notebook.blocks.map((block) => (block.type === 'prose' ? { ...block, text: `${block.text}More.\n` } : block));
    const saved = await client.call('notebook.save', { path: notebook.path, blocks, baseHash: notebook.hash });
    expect(readFileSync(join(folder, 'points.epoch.md'), 'utf8')).toContain('More.');

    writeFileSync(join(folder, 'points.epoch.md'), `${pointsNotebook}Theirs.\n`);
    await client.event('notebook.changedOnDisk', ({ path }) => path === 'points.epoch.md');
    await expect(client.call('notebook.save', { ...state(notebook), baseHash: saved.hash })).rejects.toMatchObject({
      code: 'notebook.changedOnDisk',
    });
    expect(readFileSync(join(folder, 'points.epoch.md'), 'utf8')).toContain('Theirs.');
  });

  it('saved by us are no change by another program', async () => {
    const client = await start();
    const notebook = await client.call('notebook.open', { path: 'points.epoch.md' });
    const blocks = notebook.blocks.map((block) => (block.type === 'prose' ? { ...block, text: `${block.text}More.\n` } : block));
    await client.call('notebook.save', { path: notebook.path, blocks, baseHash: notebook.hash });
    await client.event('workspace.changed');
    writeFileSync(join(folder, 'other.csv'), 'a\n');
    await expect.poll(() => client.events.filter(({ name }) => name === 'workspace.changed').length).toBeGreaterThan(1);
    expect(client.events.map(({ name }) => name)).not.toContain('notebook.changedOnDisk');
  });

  it('saved twice at once keep the later text', async () => {
    const client = await start();
    const notebook = await client.call('notebook.open', { path: 'points.epoch.md' });
    const withText = (text: string) => notebook.blocks.map((block) => (block.type === 'prose' ? { ...block, text } : block));
    const save = (text: string) =>
      client.workbench.call('notebook.save', { path: notebook.path, blocks: withText(text), baseHash: notebook.hash });
    const [first, second] = await Promise.all([save('One.\n\n'), save('Two.\n\n')]);
    expect([first.ok, second.ok]).toEqual([true, false]);
    expect(readFileSync(join(folder, 'points.epoch.md'), 'utf8')).toContain('One.');
  });

  it('changed get the ids written that their cells were given', async () => {
    const client = await start();
    const source = pointsNotebook.replace('ts model #network', 'ts model');
    writeFileSync(join(folder, 'bare.epoch.md'), source);
    const notebook = await client.call('notebook.open', { path: 'bare.epoch.md' });
    expect(await client.call('notebook.save', { ...state(notebook), baseHash: notebook.hash })).toEqual({ hash: notebook.hash });
    const blocks = notebook.blocks.map((block) => (block.type === 'prose' ? { ...block, text: `${block.text}More.\n\n` } : block));
    const { hash } = await client.call('notebook.save', { path: notebook.path, blocks, baseHash: notebook.hash });
    expect(readFileSync(join(folder, 'bare.epoch.md'), 'utf8')).toContain('```ts model #model\n');
    expect(await client.call('notebook.save', { path: notebook.path, blocks, baseHash: hash })).toEqual({ hash });
  });

  it('made new have a name of their own and train what they say', async () => {
    const client = await start();
    expect((await client.call('notebook.create', { title: 'Äpfel & Birnen!' })).path).toBe('äpfel-birnen.epoch.md');
    expect((await client.call('notebook.create', { title: 'Äpfel & Birnen!' })).path).toBe('äpfel-birnen-2.epoch.md');
    const { title, problems } = await client.call('notebook.create', { title: '../../etc: "x"' });
    expect(title).toBe('../../etc: "x"');
    expect(problems).toEqual([]);
  });

  it('outside the workspace stay outside, links included', async () => {
    const client = await start();
    const outside = mkdtempSync(join(tmpdir(), 'epochbook-outside-'));
    writeFileSync(join(outside, 'secret.epoch.md'), 'secret');
    symlinkSync(outside, join(folder, 'link'));
    for (const path of ['../secret.epoch.md', join(outside, 'secret.epoch.md'), 'link/secret.epoch.md', '.']) {
      await expect(client.call('notebook.open', { path })).rejects.toMatchObject({ code: 'workspace.outside' });
      await expect(client.call('notebook.save', { path, blocks: [], baseHash: '' })).rejects.toMatchObject({ code: 'workspace.outside' });
    }
    await expect(client.call('notebook.open', { path: 'none.epoch.md' })).rejects.toMatchObject({ code: 'workspace.fileMissing' });
    rmSync(outside, { recursive: true });
  });
});

describe('files of the workspace', () => {
  it('are made from templates that come with their data, and evaluate', async () => {
    const client = await start();
    for (const { id } of await client.call('samples.list', {})) {
      const notebook = await client.call('notebook.create', { title: `My ${id}`, template: id });
      expect(notebook).toMatchObject({ title: `My ${id}`, path: `${id}/my-${id}.epoch.md`, problems: [] });
      const { cells } = await client.call('notebook.check', state(notebook));
      expect(cells.map(({ kind, status }) => [kind, status])).toEqual([
        ['data', 'ok'],
        ['model', 'ok'],
        ['train', 'ok'],
      ]);
    }
    const empty = await client.call('notebook.create', { title: 'Nothing yet' });
    expect(empty.blocks.map(({ type }) => type)).toEqual(['front']);
  });

  it('are renamed with their runs, deleted and brought back', async () => {
    const client = await start();
    const path = 'points.epoch.md';
    const { id } = await client.call('training.start', { ...state(await client.call('notebook.open', { path })), knobs: { epochs: 1 } });
    await client.ended(id);
    await client.call('workspace.makeFolder', { path: 'old' });
    expect((await client.call('workspace.get', {})).folders).toContain('old');
    await client.call('workspace.rename', { from: path, to: 'old/line.epoch.md' });
    await client.call('workspace.rename', { from: 'old', to: 'älter' });
    expect((await client.call('runs.list', {})).map(({ notebook }) => notebook)).toEqual(['älter/line.epoch.md']);
    await expect(client.call('workspace.rename', { from: 'points.csv', to: 'älter' })).rejects.toMatchObject({ code: 'workspace.taken' });
    const removed = await client.call('workspace.remove', { path: 'älter' });
    expect((await client.call('workspace.get', {})).notebooks).toEqual([]);
    expect(await client.call('workspace.restore', { id: removed.id })).toEqual({ path: 'älter' });
    expect((await client.call('workspace.get', {})).notebooks.map((notebook) => notebook.path)).toEqual(['älter/line.epoch.md']);
    for (const to of ['../out.csv', '.hidden', '.epochbook/x', 'a:b']) {
      await expect(client.call('workspace.rename', { from: 'points.csv', to })).rejects.toMatchObject({
        code: expect.stringMatching(/outside|badName/),
      });
    }
  });

  it('are put in piece by piece; what is there already is not copied', async () => {
    const client = await start();
    const bytes = new TextEncoder().encode('a;"b, c";d\n1;2;3\n');
    const piece = (name: string, part: Uint8Array<ArrayBuffer>, offset: number, last: boolean) =>
      client.call('workspace.upload', { id: 'one', name, folder: '', bytes: part, offset, last });
    expect(await piece('new.csv', bytes.slice(0, 5), 0, false)).toEqual({});
    expect(await piece('new.csv', bytes.slice(5), 5, true)).toEqual({ path: 'new.csv' });
    expect(readFileSync(join(folder, 'new.csv'))).toEqual(Buffer.from(bytes));
    expect(await client.call('workspace.columns', { path: 'new.csv' })).toEqual({ columns: ['a', 'b, c', 'd'] });
    await piece('new.jsonl', new TextEncoder().encode('{"width":1,"kind":"tall"}\n{"width":2,"kind":"flat"}\n'), 0, true);
    expect(await client.call('workspace.columns', { path: 'new.jsonl' })).toEqual({ columns: ['width', 'kind'] });
    expect(await piece('new.csv', bytes, 0, true)).toEqual({ path: 'new.csv' });
    expect(await piece('new.csv', bytes.slice(1), 0, true)).toEqual({ path: 'new-2.csv' });
    // Of a folder each file has its place, whatever else has its name and its bytes.
    const inside = (folder: string) =>
      client.call('workspace.upload', { id: 'two', name: 'new.csv', folder, withFolder: true, bytes, offset: 0, last: true });
    expect(await inside('all/a')).toEqual({ path: 'all/a/new.csv' });
    expect(await inside('all/b')).toEqual({ path: 'all/b/new.csv' });
    expect(await inside('all/a')).toEqual({ path: 'all/a/new.csv' });
  });
});

describe('checking a notebook', () => {
  const cell = (checked: CheckedNotebook, id: string) => checked.cells.find((outcome) => outcome.id === id);

  it('shows data, model and knobs, with each layer’s place', async () => {
    const client = await start();
    const checked = await client.call('notebook.check', state(await client.call('notebook.open', { path: 'points.epoch.md' })));
    expect(checked.cells.map(({ id, status }) => [id, status])).toEqual([
      ['points', 'ok'],
      ['network', 'ok'],
      ['training', 'ok'],
    ]);
    expect(cell(checked, 'points')?.data).toMatchObject({ samples: { train: 300, validation: 100, test: 0 }, task: 'classification' });
    expect(cell(checked, 'network')?.model).toMatchObject({
      parameters: 82,
      layers: [
        { className: 'Dense', outputShape: [16], where: { cell: 'network', cellLine: 2, line: 13 } },
        { className: 'Dense', outputShape: [2], where: { cell: 'network', cellLine: 3, line: 14 } },
      ],
    });
    expect(checked.knobs.map(({ name, value }) => [name, value])).toEqual([
      ['units', 16],
      ['epochs', 4],
    ]);
  });

  it.each([
    ["'points.csv'", "'none.csv'", 'points', 'data.fileMissing', 8],
    [".target('side')", ".target('sides')", 'points', 'data.columnMissing', 8],
    ["layers.dense({ activation: 'softmax' })", 'layers.conv2d({ filters: 2, kernelSize: 3 })', 'network', 'engine.layerRank', 14],
    ["'sparseCategoricalCrossentropy'", "'binaryCrossentropy'", 'training', 'engine.lossOutput', 19],
  ])('puts what is wrong at its line: %s → %s', async (from, to, id, code, line) => {
    const client = await start();
    const checked = await client.call('notebook.check', await edited(client, from, to));
    const outcome = cell(checked, id);
    expect(outcome?.status).toBe('failed');
    expect(outcome?.error?.where).toMatchObject({ file: 'edited.epoch.md', line, cell: id });
    expect(outcome?.error?.code.split('.')[0]).toBe(code.split('.')[0]);
  });

  it('places the layers of a model with branches, too', async () => {
    const client = await start();
    const branched = `const x = input()
const h = layers.dense({ units: 8 }).apply(x)
model({ inputs: x, outputs: layers.dense().apply(layers.concatenate().apply([x, h])) })`;
    const from = /sequential\(\[[^]*?\]\)/.exec(pointsNotebook)![0];
    const checked = await client.call('notebook.check', await edited(client, from, branched));
    const lines = cell(checked, 'network')?.model?.layers.map(({ className, where }) => [className, where?.cellLine]);
    expect(lines).toEqual([
      ['Dense', 2],
      ['Concatenate', 3],
      ['Dense', 3],
    ]);
  });

  it('blocks what stands on a failed cell, and only that', async () => {
    const client = await start();
    const checked = await client.call('notebook.check', await edited(client, "'points.csv'", "'none.csv'"));
    expect(checked.cells.map(({ status }) => status)).toEqual(['failed', 'blocked', 'blocked']);
    const wrongModel = await client.call('notebook.check', await edited(client, "'softmax'", "'softmacks'"));
    expect(wrongModel.cells.map(({ status }) => status)).toEqual(['ok', 'failed', 'blocked']);
  });

  it('gives a cell another input hash where its text, one above it, a knob or the data changed', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const hashes = async (request: typeof notebook & { knobs?: Record<string, number> }) =>
      (await client.call('notebook.check', request)).cells.map(({ inputHash }) => inputHash);
    const before = await hashes(notebook);
    expect(await hashes(notebook)).toEqual(before);
    const other = await hashes({ ...(await edited(client, 'units: param', 'units: 2 * param')), path: notebook.path });
    expect(other.map((hash, index) => hash === before[index])).toEqual([true, false, false]);
    expect((await hashes({ ...notebook, knobs: { units: 8 } })).some((hash, index) => hash === before[index])).toBe(false);
    writeFileSync(join(folder, 'points.csv'), `${readFileSync(join(folder, 'points.csv'), 'utf8')}0.1,0.1,below\n`);
    expect((await hashes(notebook)).some((hash, index) => hash === before[index])).toBe(false);
  });

  it('stops as far as it is asked to', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    expect((await client.call('notebook.check', { ...notebook, until: 'network' })).cells.map(({ id }) => id)).toEqual([
      'points',
      'network',
    ]);
  });

  it('tells how much of large data is read, stops reading it, and reads it again only when asked to', async () => {
    const rows = Array.from({ length: 60_000 }, (_, row) => `${row % 97},${(row * 7) % 31},${row % 3 ? 'above' : 'below'}`);
    writeFileSync(join(folder, 'large.csv'), `x,y,side\n${rows.join('\n')}\n`);
    const client = await start();
    const large = await edited(client, "data.csv('points.csv')", "data.csv('large.csv').memory({ megabytes: 1 })");
    const checking = client.call('notebook.check', large);
    const { share } = await client.event('check.progressed', (told) => told.share !== undefined);
    expect(share).toBeGreaterThan(0);
    await client.call('notebook.stopReading', {});
    const dataOf = ({ cells }: CheckedNotebook) => cells.find(({ kind }) => kind === 'data');
    const stopped = { status: 'failed', error: { code: 'notebook.readingStopped' } };
    expect(dataOf(await checking)).toMatchObject(stopped);
    expect(dataOf(await client.call('notebook.check', large))).toMatchObject(stopped);
    const again = dataOf(await client.call('notebook.check', { ...large, again: true }));
    expect(again).toMatchObject({ status: 'ok', data: { samples: { train: 45_000, validation: 15_000 } } });
    // With nothing being read there is nothing to stop.
    expect(await client.call('notebook.stopReading', {})).toEqual({});
  });
});

describe('training', () => {
  it('stores what it tells, one run after another', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const first = await client.call('training.start', { ...notebook, knobs: { units: 8 }, name: 'small' });
    const second = await client.call('training.start', { ...notebook, seed: 11 });
    // One that another process left as running is not for this one to wait for.
    const elsewhere = openStore(folder);
    elsewhere.create(newRun({ name: 'elsewhere' }));
    elsewhere.close();
    expect(client.workbench.countGoingOn(false)).toBe(2);
    expect(first).toMatchObject({
      status: 'queued',
      name: 'small',
      params: { units: 8, epochs: 4 },
      plannedEpochs: 4,
      notebook: 'points.epoch.md',
    });
    const [one, two] = await Promise.all([client.ended(first.id), client.ended(second.id)]);
    expect(one).toMatchObject({
      status: 'completed',
      reason: 'epochs',
      epochs: 4,
      parameters: 42,
      samples: { train: 300, validation: 100 },
    });
    expect(two).toMatchObject({ status: 'completed', seed: 11, parameters: 82 });
    expect(client.workbench.countGoingOn(true)).toBe(0);
    const order = client.events.flatMap(({ name, payload }) =>
      name === 'training.epochEnded' ? [(payload as Payload<'training.epochEnded'>).runId] : [],
    );
    expect(order).toEqual([...Array(4).fill(first.id), ...Array(4).fill(second.id)]);

    const detail = await client.call('runs.get', { runId: first.id });
    expect(detail.source).toBe(pointsNotebook);
    expect(detail.checkpoints.map(({ kind, epoch }) => `${kind} ${epoch}`)).toEqual([
      'best 4',
      'epoch 1',
      'epoch 2',
      'epoch 3',
      'epoch 4',
      'last 4',
    ]);
    expect(detail.environment).toMatchObject({ epochbook: '1.2.3', backendVersion: expect.stringMatching(/\d/) });
    const told = client.events.flatMap(({ name, payload }) => {
      const ended = payload as Payload<'training.epochEnded'>;
      return name === 'training.epochEnded' && ended.runId === first.id ? [ended.row] : [];
    });
    expect(detail.epochRows).toEqual(told);

    const compared = await client.call('runs.compare', { runIds: [first.id, second.id] });
    expect(compared.params).toEqual({ units: [8, 16] });
    expect(compared.settings).toEqual([
      { path: 'model.config.layers.0.config.units', values: [8, 16] },
      { path: 'train.seed', values: [7, 11] },
    ]);
    expect(compared.equalSettings).toBeGreaterThan(8);
    expect(compared.metrics['val_loss'][0]).toEqual(one.metrics['val_loss']);
  });

  it('can be paused, gone on with and stopped, in the queue too', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const long = await client.call('training.start', { ...notebook, knobs: { epochs: 1_000_000 } });
    const waiting = await client.call('training.start', notebook);
    await client.event('training.epochEnded', ({ runId }) => runId === long.id);

    await client.call('training.pause', { runId: long.id });
    expect((await client.call('runs.list', {})).find(({ id }) => id === long.id)?.status).toBe('paused');
    await expect(client.call('training.pause', { runId: waiting.id })).rejects.toMatchObject({ code: 'training.notRunning' });
    await client.call('training.resume', { runId: long.id });
    expect((await client.call('runs.list', {})).find(({ id }) => id === long.id)?.status).toBe('running');
    await expect(client.call('runs.delete', { runIds: [long.id] })).rejects.toMatchObject({ code: 'store.runActive' });
    await expect(client.call('workspace.open', { folder })).rejects.toMatchObject({ code: 'workspace.busy' });

    await client.call('training.stop', { runId: waiting.id });
    expect(await client.ended(waiting.id)).toMatchObject({ status: 'stopped', reason: 'user', epochs: 0 });
    await client.call('training.stop', { runId: long.id });
    const end = await client.ended(long.id);
    expect(end).toMatchObject({ status: 'stopped', reason: 'user' });
    expect(end.epochs).toBeGreaterThan(0);
    await expect(client.call('training.stop', { runId: long.id })).rejects.toMatchObject({ code: 'training.notRunning' });

    await client.call('runs.delete', { runIds: [long.id] });
    expect((await client.call('runs.list', {})).map(({ id }) => id)).toEqual([waiting.id]);
    await client.call('runs.restore', { runIds: [long.id] });
    expect(await client.call('runs.update', { runId: long.id, note: 'kept', tags: ['a'] })).toMatchObject({ note: 'kept', tags: ['a'] });
    expect(await client.call('runs.list', {})).toHaveLength(2);
  });

  it('is not begun where the notebook is wrong, and says where', async () => {
    const client = await start();
    await expect(client.call('training.start', await edited(client, 'train({', 'trian({'))).rejects.toMatchObject({
      where: { file: 'edited.epoch.md', line: 19, cell: 'training' },
    });
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    await expect(client.call('training.start', { ...notebook, knobs: { unit: 3 } })).rejects.toMatchObject({
      code: 'notebook.knobUnknownNearest',
    });
    expect(await client.call('runs.list', {})).toEqual([]);
  });

  it('that fails says why, at its line, and the next run goes on', async () => {
    const client = await start();
    const failing = await client.call(
      'training.start',
      await edited(client, "layers.dense({ activation: 'softmax' })", 'layers.conv2d({ filters: 2, kernelSize: 3 })'),
    );
    const next = await client.call('training.start', state(await client.call('notebook.open', { path: 'points.epoch.md' })));
    expect(await client.ended(failing.id)).toMatchObject({
      status: 'failed',
      reason: 'error',
      error: { where: { file: 'edited.epoch.md', line: 14, cell: 'network' } },
    });
    expect((await client.ended(next.id)).status).toBe('completed');
  });

  it('goes on in a new process after its process was killed, and loses no epoch it showed', async () => {
    const pids: (number | undefined)[] = [];
    const client = await start({
      fork: () => {
        const child = forkTrainerOnNode()();
        pids.push(child.pid);
        return child;
      },
    });
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const killed = await client.call('training.start', { ...notebook, knobs: { epochs: 1_000_000 } });
    const next = await client.call('training.start', notebook);
    await client.event('training.epochEnded', ({ row }) => row.epoch === 3);
    // The first process was started to inspect; the one that trains came last.
    process.kill(pids.at(-1)!, 'SIGKILL');
    const end = await client.ended(killed.id);
    expect(end).toMatchObject({ status: 'failed', reason: 'crash', error: { code: 'process.ended' } });
    const shown = client.events.filter(
      ({ name, payload }) => name === 'training.epochEnded' && (payload as Payload<'training.epochEnded'>).runId === killed.id,
    );
    expect((await client.call('runs.get', { runId: killed.id })).epochRows).toHaveLength(shown.length);
    expect((await client.ended(next.id)).status).toBe('completed');
  });

  it('ends where an epoch cannot be stored, and shows none that is not', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const database = new Database(join(folder, '.epochbook/epochbook.sqlite'));
    database.exec(`CREATE TRIGGER refused BEFORE INSERT ON epochs WHEN NEW.epoch = 3 BEGIN SELECT RAISE(ABORT, 'no more'); END`);
    database.close();
    const { id } = await client.call('training.start', { ...notebook, knobs: { epochs: 1_000_000 } });
    expect(await client.ended(id)).toMatchObject({
      status: 'failed',
      reason: 'error',
      epochs: 2,
      error: { message: expect.stringContaining('no more') },
    });
    expect(client.events.filter(({ name }) => name === 'training.epochEnded')).toHaveLength(2);
  });

  it('ends where a checkpoint cannot be written', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    writeFileSync(join(folder, '.epochbook/checkpoints'), 'in the way');
    const { id } = await client.call('training.start', notebook);
    expect(await client.ended(id)).toMatchObject({ status: 'failed', reason: 'error', epochs: 0 });
  });

  it('ends with the app, as stopped, with every epoch', async () => {
    const client = await start();
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const { id } = await client.call('training.start', { ...notebook, knobs: { epochs: 1_000_000 } });
    await client.event('training.epochEnded');
    await client.workbench.close();
    const shown = client.events.filter(({ name }) => name === 'training.epochEnded').length;
    const store = openStore(folder);
    expect(store.summary(id)).toMatchObject({ status: 'stopped', reason: 'user', epochs: shown });
    store.close();
  });
});

describe('exporting', () => {
  async function trained(client: Client): Promise<RunSummary> {
    const notebook = state(await client.call('notebook.open', { path: 'points.epoch.md' }));
    const { id } = await client.call('training.start', notebook);
    return client.ended(id);
  }

  it('writes a model that stock TensorFlow.js loads to the same predictions', async () => {
    const client = await start();
    const { id } = await trained(client);
    const exported = await client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model' });
    expect(exported).toMatchObject({
      folder: join(folder, 'model'),
      verified: true,
      samples: 64,
      files: ['model.json', 'group1-shard1of1.bin'],
    });
    expect(exported.maxAbsoluteDifference).toBeLessThan(1e-5);
    const { userDefinedMetadata } = JSON.parse(readFileSync(join(folder, 'model/model.json'), 'utf8')) as { userDefinedMetadata: unknown };
    expect(userDefinedMetadata).toMatchObject({ inputShape: [2], task: 'classification', classes: ['above', 'below'] });
  });

  it('is ended when asked to; the earlier export stays, also one that was already moved away', async () => {
    const client = await start();
    const { id } = await trained(client);
    const ask = { runId: id, format: 'tfjs', folder: 'model' } as const;
    await client.call('runs.export', ask);
    const before = readFileSync(join(folder, 'model/group1-shard1of1.bin'));
    const failing = expect(client.call('runs.export', { ...ask, job: 'export' })).rejects.toMatchObject({ code: 'job.cancelled' });
    await client.call('job.cancel', { job: 'export' });
    await failing;
    const left = () => readdirSync(folder).filter((name) => name.startsWith('.model'));
    expect(left()).toEqual([]);
    expect(readFileSync(join(folder, 'model/group1-shard1of1.bin'))).toEqual(before);
    // As a process leaves it that is killed between the two.
    renameSync(join(folder, 'model'), join(folder, '.model.old'));
    mkdirSync(join(folder, '.model.part'));
    writeFileSync(join(folder, '.model.part/model.json'), '{');
    await clearUnfinished(join(folder, 'model'));
    expect(left()).toEqual([]);
    expect(readFileSync(join(folder, 'model/group1-shard1of1.bin'))).toEqual(before);
    expect(await client.call('runs.export', ask)).toMatchObject({ verified: true });
  });

  it('fails, and leaves nothing, where a weight in the checkpoint is damaged', async () => {
    const client = await start();
    const { id } = await trained(client);
    const file = join(folder, '.epochbook/checkpoints', id, 'best.safetensors');
    const bytes = readFileSync(file);
    bytes.writeFloatLE(Number.NaN, bytes.length - 4);
    writeFileSync(file, bytes);
    await expect(client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model' })).rejects.toMatchObject({
      code: 'interchange.notFinite',
    });
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    await expect(client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model' })).rejects.toMatchObject({
      code: 'engine.checkpointCut',
    });
    rmSync(file);
    await expect(client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model' })).rejects.toMatchObject({
      code: 'training.checkpointMissing',
    });
    expect(existsSync(join(folder, 'model'))).toBe(false);
    expect(await client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model', checkpoint: 'last' })).toMatchObject({
      verified: true,
    });
  });

  it('refuses to check a model against other data than its own', async () => {
    const client = await start();
    const { id } = await trained(client);
    writeFileSync(join(folder, 'points.csv'), `${readFileSync(join(folder, 'points.csv'), 'utf8')}0.1,0.1,below\n`);
    await expect(client.call('runs.export', { runId: id, format: 'tfjs', folder: 'model' })).rejects.toMatchObject({
      code: 'training.dataChanged',
    });
  });
});

describe('the whole app killed in the middle of an epoch', () => {
  it('leaves every epoch it showed, a database that opens, and the run interrupted', async () => {
    const app = spawn(process.execPath, [join(import.meta.dirname, 'testing/train-and-hang.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const shown: Payload<'training.epochEnded'>[] = [];
    let isKilled = false;
    const lines = createInterface({ input: app.stdout });
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { started?: string } & Payload<'training.epochEnded'>;
      if (said.started === undefined) shown.push(said);
      if (shown.length >= 5 && !isKilled) isKilled = app.kill('SIGKILL');
    });
    await Promise.all([once(app, 'exit'), once(lines, 'close')]);

    const client = await start();
    const runs = await client.call('runs.list', {});
    expect(runs.map(({ name, status }) => [name === 'waiting', status])).toEqual([
      [true, 'interrupted'],
      [false, 'interrupted'],
    ]);
    const { epochRows } = await client.call('runs.get', { runId: runs[1].id });
    expect(epochRows.slice(0, shown.length)).toEqual(shown.map(({ row }) => row));
    expect(runs[1].epochs).toBe(epochRows.length);
  });
});
