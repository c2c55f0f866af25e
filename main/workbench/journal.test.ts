import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Request, Response } from '#contract/calls.ts';
import { fromPlainError } from '#contract/errors.ts';
import type { CallName } from '#contract/names.ts';
import type { Block } from '#contract/notebook.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { createWorkbench, type Workbench } from './workbench.ts';

const path = 'deep/notes.epoch.md';
const text = '---\nepochbook: 1\ntitle: Notes\n---\nWords.\n\n```ts code #one\n1\n```\n';

let folder: string;
let workbench: Workbench;

async function start(): Promise<void> {
  workbench = await createWorkbench({
    folder,
    fork: forkTrainerOnNode(),
    samplesFolder: folder,
    settingsFile: join(folder, 'settings.json'),
    version: '0',
    shell: { name: 'browser' },
  });
}

/** The app goes away without a word; the journal of the one before it is all that the next one has. */
async function restart(): Promise<void> {
  await workbench.close();
  await start();
}

async function call<K extends CallName>(name: K, request: Request<K>): Promise<Response<K>> {
  const reply = await workbench.call(name, request);
  if (!reply.ok) throw fromPlainError(reply.error);
  return reply.value as Response<K>;
}

const file = () => join(folder, path);
const journalFile = () => join(folder, '.epochbook', 'journal', `${path}.json`);
const textOf = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.type === 'cell' ? block.open + block.source + block.close : block.text)).join('');
const typed = (blocks: readonly Block[], source: string): Block[] =>
  blocks.map((block) => (block.type === 'cell' ? { ...block, source } : block));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-journal-'));
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), text);
  await start();
});
afterEach(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the journal', () => {
  it('offers unsaved text after a crash, with the text it began with, and leaves the file as it is', async () => {
    const { blocks, hash, draft } = await call('notebook.open', { path });
    expect(draft).toBeUndefined();
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, '12\n') });
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, '123\n') });
    await restart();
    const again = await call('notebook.open', { path });
    expect(textOf(again.draft!.blocks)).toBe(text.replace('\n1\n', '\n123\n'));
    expect(textOf(again.draft!.base!)).toBe(text);
    expect(again.draft!.baseHash).toBe(hash);
    expect(readFileSync(file(), 'utf8')).toBe(text);
  });

  it('is gone once the text is saved, and when the text is what the file holds', async () => {
    const { blocks, hash } = await call('notebook.open', { path });
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, '12\n') });
    await call('notebook.save', { path, baseHash: hash, blocks: typed(blocks, '12\n') });
    expect(() => readFileSync(journalFile())).toThrow(/ENOENT/);
    const saved = await call('notebook.open', { path });
    await call('notebook.journal', { path, baseHash: saved.hash, blocks: typed(blocks, '13\n') });
    await call('notebook.journal', { path, baseHash: saved.hash, blocks: saved.blocks });
    expect(() => readFileSync(journalFile())).toThrow(/ENOENT/);
  });

  it('is not offered where the crash came between saving the file and clearing the journal', async () => {
    const { blocks, hash } = await call('notebook.open', { path });
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, '12\n') });
    await restart();
    writeFileSync(file(), text.replace('\n1\n', '\n12\n'));
    expect((await call('notebook.open', { path })).draft).toBeUndefined();
    expect(() => readFileSync(journalFile())).toThrow(/ENOENT/);
  });

  it('keeps what was left until it is answered for, whatever is typed and saved meanwhile', async () => {
    const { blocks, hash } = await call('notebook.open', { path });
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, 'lost\n') });
    await restart();
    expect((await call('notebook.open', { path })).draft).toBeDefined();
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, 'newer\n') });
    await call('notebook.save', { path, baseHash: hash, blocks: typed(blocks, 'newer\n') });
    await restart();
    const again = await call('notebook.open', { path });
    expect(textOf(again.draft!.blocks)).toContain('lost');
    await call('notebook.answerDraft', { path });
    await restart();
    expect((await call('notebook.open', { path })).draft).toBeUndefined();
  });

  it('of a second page that was opened meanwhile is no crash’s once the first one saves', async () => {
    const { blocks, hash } = await call('notebook.open', { path });
    await call('notebook.journal', { path, baseHash: hash, blocks: typed(blocks, '12\n') });
    await call('notebook.open', { path });
    await call('notebook.save', { path, baseHash: hash, blocks: typed(blocks, '123\n') });
    expect((await call('notebook.open', { path })).draft).toBeUndefined();
  });

  it('that is damaged is set aside, and the notebook opens', async () => {
    mkdirSync(dirname(journalFile()), { recursive: true });
    writeFileSync(journalFile(), '{"version":1,"left":[{"te');
    expect((await call('notebook.open', { path })).draft).toBeUndefined();
    expect(readFileSync(`${journalFile()}.unread`, 'utf8')).toContain('"te');
  });

  it('does not leave the workspace', async () => {
    const { blocks, hash } = await call('notebook.open', { path });
    await expect(call('notebook.journal', { path: '../out.epoch.md', baseHash: hash, blocks })).rejects.toMatchObject({
      code: 'workspace.outside',
    });
  });
});

describe('three versions of a file', () => {
  it('are the one on the disk and the one it was opened as', async () => {
    const { hash } = await call('notebook.open', { path });
    writeFileSync(file(), text.replace('\n1\n', '\n2\n'));
    const { disk, base } = await call('notebook.versions', { path, baseHash: hash });
    expect(textOf(disk.blocks)).toContain('\n2\n');
    expect(textOf(base!)).toBe(text);
    expect((await call('notebook.versions', { path, baseHash: 'other' })).base).toBeUndefined();
  });
});

describe('what knobs are set to', () => {
  it('is there again when the notebook is opened, under its new name as well', async () => {
    await call('notebook.keepKnobs', { path, knobs: { epochs: 6, activation: 'tanh' } });
    await restart();
    expect((await call('notebook.open', { path })).knobs).toEqual({ epochs: 6, activation: 'tanh' });
    await call('workspace.rename', { from: 'deep', to: 'deeper' });
    const moved = 'deeper/notes.epoch.md';
    expect((await call('notebook.open', { path: moved })).knobs).toEqual({ epochs: 6, activation: 'tanh' });
    await call('notebook.keepKnobs', { path: moved, knobs: {} });
    expect((await call('notebook.open', { path: moved })).knobs).toBeUndefined();
  });

  it('is what the text says where the file is damaged', async () => {
    await call('notebook.keepKnobs', { path, knobs: { epochs: 6 } });
    writeFileSync(join(folder, '.epochbook', 'knobs.json'), '{"version":1,"notebooks":{"deep');
    expect((await call('notebook.open', { path })).knobs).toBeUndefined();
  });
});

describe('what is out of sight', () => {
  it('is so again when the notebook is opened, under its new name as well, and is kept of nothing', async () => {
    const view = { folded: ['training'], collapsed: [{ heading: 'The data', index: 1 }] };
    await call('notebook.keepView', { path, ...view });
    await restart();
    expect((await call('notebook.open', { path })).view).toEqual(view);
    await call('workspace.rename', { from: 'deep', to: 'deeper' });
    const moved = 'deeper/notes.epoch.md';
    expect((await call('notebook.open', { path: moved })).view).toEqual(view);
    await call('notebook.keepView', { path: moved, folded: [], collapsed: [] });
    expect((await call('notebook.open', { path: moved })).view).toBeUndefined();
  });
});
