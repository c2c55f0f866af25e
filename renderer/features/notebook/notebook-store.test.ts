import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Block, CheckedNotebook, NotebookDraft, NotebookView } from '#contract/notebook.ts';
import type { CallName } from '#contract/names.ts';
import type { Knob, KnobValue } from '#contract/spec.ts';
import { useToastStore } from '../../components/toast-store.ts';
import { setBridge } from '../../platform/client.ts';
import { cellsOf, isShown, textOf } from './blocks.ts';
import { selectionOf } from './selection.ts';
import { useNotebookStore } from './notebook-store.ts';
import { useTrainingStore } from './training-store.ts';

/** A core that keeps one file, and answers as the real one does. */
function fakeCore() {
  /** `saving`: until then no save is answered. */
  const core: { knobs: Knob[]; saving: Promise<void> } = { knobs: [], saving: Promise.resolve() };
  const file: { blocks: Block[]; hash: string; draft?: NotebookDraft; knobs?: Record<string, KnobValue>; view?: NotebookView } = {
    hash: 'hash-1',
    blocks: [
      { type: 'front', text: '---\nepochbook: 1\ntitle: Wine\n---\n' },
      { type: 'cell', id: 'wine', kind: 'data', open: '```ts data #wine\n', source: "data.csv('wine.csv')\n", close: '```\n' },
      { type: 'prose', text: '\n' },
      { type: 'cell', id: 'training', kind: 'train', open: '```ts train #training\n', source: 'train({})\n', close: '```\n' },
    ],
  };
  const opened = file.blocks;
  const asked: { name: CallName; request: Record<string, unknown> }[] = [];
  let failing = new Set<string>();
  const refuse = (code: string) => ({ ok: false, error: { code, message: code } });
  const answers: Partial<Record<CallName, (request: Record<string, unknown>) => unknown>> = {
    'notebook.open': () => ({ ok: true, value: { path: 'wine.epoch.md', title: 'Wine', problems: [], ...file } }),
    'notebook.journal': () => ({ ok: true, value: {} }),
    'notebook.keepKnobs': () => ({ ok: true, value: {} }),
    'notebook.keepView': () => ({ ok: true, value: {} }),
    'notebook.answerDraft': () => ({ ok: true, value: {} }),
    'notebook.versions': () => ({
      ok: true,
      value: { disk: { path: 'wine.epoch.md', title: 'Wine', problems: [], ...file }, base: opened },
    }),
    'notebook.save': ({ baseHash, blocks }) => {
      if (baseHash !== file.hash) return refuse('notebook.changedOnDisk');
      file.blocks = blocks as Block[];
      file.hash = `hash-${asked.length + 1}`;
      return { ok: true, value: { hash: file.hash } };
    },
    'notebook.check': ({ blocks, until }) => {
      const cells = (blocks as Block[]).filter((block) => block.type === 'cell');
      const last = until === undefined ? cells.length : cells.findIndex((cell) => cell.id === until) + 1;
      const value: CheckedNotebook = {
        knobs: core.knobs,
        cells: cells.slice(0, last).map(({ id, kind }) => ({ id, kind, inputHash: id, status: failing.has(id) ? 'failed' : 'ok' })),
      };
      return { ok: true, value };
    },
    'notebook.estimate': () => ({ ok: true, value: { epochMs: 1000, stepMs: 10, steps: 100, compileMs: 50, memoryBytes: 2e8 } }),
    'training.start': () => ({
      ok: true,
      value: { id: 'run000000001', notebook: 'wine.epoch.md', status: 'queued', startedAt: 1, metrics: {} },
    }),
  };
  setBridge({
    shell: 'desktop',
    call: (name, request) => {
      asked.push({ name, request: request as Record<string, unknown> });
      const answer = answers[name]?.(request as Record<string, unknown>) ?? refuse('internal');
      return name === 'notebook.save' ? core.saving.then(() => answer) : Promise.resolve(answer);
    },
    listen: () => () => undefined,
  });
  return Object.assign(core, {
    file,
    count: (name: CallName) => asked.filter((one) => one.name === name).length,
    last: (name: CallName) => asked.findLast((one) => one.name === name)?.request,
    fail: (...ids: string[]) => {
      failing = new Set(ids);
    },
  });
}

const store = () => useNotebookStore.getState();
const keyOf = (id: string) => cellsOf(store().blocks).find((cell) => cell.id === id)!.key;
const settle = () => vi.runAllTimersAsync();

let core: ReturnType<typeof fakeCore>;

beforeEach(async () => {
  vi.useFakeTimers();
  core = fakeCore();
  useTrainingStore.setState({ runs: [], origins: {} });
  store().close();
  await store().open('wine.epoch.md');
  await settle();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('opening', () => {
  test('checks the cells and foresees an epoch', () => {
    expect(Object.keys(store().checked)).toEqual(['wine', 'training']);
    expect(store().foreseen['training']?.estimate?.epochMs).toBe(1000);
    expect(store().saving).toBe('saved');
  });

  test('no epoch is foreseen while somebody types on', async () => {
    const asked = core.count('notebook.estimate');
    store().type(keyOf('wine'), "data.csv('red.csv')");
    // The cells are being checked.
    vi.advanceTimersByTime(500);
    expect(store().check).toBeDefined();
    store().typed(keyOf('wine'), () => "data.csv('white.csv')");
    await settle();
    expect(core.count('notebook.estimate')).toBe(asked + 1);
    expect(JSON.stringify(core.last('notebook.estimate'))).toContain('white.csv');
  });
});

describe('saving', () => {
  test('typing is saved after a pause, once', async () => {
    store().type(keyOf('wine'), "data.csv('red.csv')");
    store().type(keyOf('wine'), "data.csv('white.csv')");
    expect(store().saving).toBe('unsaved');
    await settle();
    expect(store().saving).toBe('saved');
    expect(core.count('notebook.save')).toBe(1);
    expect(textOf(core.file.blocks)).toContain('white.csv');
  });

  test('a change by another program is not overwritten; keeping mine is a choice', async () => {
    core.file.hash = 'theirs';
    store().type(keyOf('wine'), 'mine');
    await settle();
    expect(store().saving).toBe('conflict');
    store().type(keyOf('wine'), 'mine, longer');
    await settle();
    expect(core.count('notebook.save')).toBe(1);
    await store().keepMine();
    await settle();
    expect(store().saving).toBe('saved');
    expect(textOf(core.file.blocks)).toContain('mine, longer');
  });

  test('a notebook that is left while it is being saved is found saved, with what was typed meanwhile', async () => {
    let answer: () => void = () => undefined;
    core.saving = new Promise((resolve) => {
      answer = resolve;
    });
    store().type(keyOf('wine'), 'mine');
    await settle();
    expect(store().saving).toBe('saving');
    store().type(keyOf('wine'), 'mine, longer');
    const back = store().open('wine.epoch.md');
    answer();
    await back;
    await settle();
    expect(store().saving).toBe('saved');
    expect(textOf(core.file.blocks)).toContain('mine, longer');
  });

  test('taking theirs reads the file and keeps the editors of cells that are still there', async () => {
    const key = keyOf('wine');
    core.file.blocks = core.file.blocks.map((block) =>
      block.type === 'cell' && block.id === 'wine' ? { ...block, source: 'theirs\n' } : block,
    );
    core.file.hash = 'theirs';
    store().type(key, 'mine');
    await settle();
    await store().takeTheirs();
    expect(store().saving).toBe('saved');
    expect(keyOf('wine')).toBe(key);
    expect(cellsOf(store().blocks)[0]?.source).toBe('theirs\n');
  });

  test('an unchanged notebook is read again when its file changed, one being edited is not', async () => {
    core.file.hash = 'theirs';
    store().fileChanged('wine.epoch.md', 'theirs');
    await settle();
    expect(store().hash).toBe('theirs');
    store().type(keyOf('wine'), 'mine');
    store().fileChanged('wine.epoch.md', 'theirs-2');
    expect(store().saving).toBe('conflict');
    store().fileChanged('other.epoch.md', 'x');
    expect(store().path).toBe('wine.epoch.md');
  });
});

const changedIn = (blocks: readonly Block[], id: string, source: string): Block[] =>
  blocks.map((block) => (block.type === 'cell' && block.id === id ? { ...block, source } : block));

describe('what a crash left', () => {
  async function openWithDraft(baseHash: string): Promise<void> {
    core.file.draft = { at: 1, baseHash, base: core.file.blocks, blocks: changedIn(core.file.blocks, 'wine', 'lost\n') };
    store().close();
    await store().open('wine.epoch.md');
    await settle();
  }

  test('typing goes to the journal before it is saved, prose that is still edited too', async () => {
    const key = store().insert('prose', keyOf('wine'));
    await settle();
    store().draftProse(key, 'half a sen');
    await vi.advanceTimersByTimeAsync(500);
    expect(textOf(core.last('notebook.journal')!['blocks'] as Block[])).toContain('half a sen');
    store().type(keyOf('training'), 'train({ epochs: 1 })');
    await vi.advanceTimersByTimeAsync(500);
    expect(core.last('notebook.journal')).toMatchObject({ path: 'wine.epoch.md', baseHash: store().hash });
    expect(textOf(core.last('notebook.journal')!['blocks'] as Block[])).toContain('epochs: 1');
    expect(textOf(core.file.blocks)).not.toContain('epochs: 1');
  });

  test('what stands in an editor goes to the journal while keys come; the notebook has it, as one step, when they pause', async () => {
    const before = store().blocks;
    const checks = core.count('notebook.check');
    const doneBefore = store().history.done.length;
    for (let key = 1; key <= 40; key++) {
      store().typed(keyOf('training'), () => `train({ epochs: ${key} })`);
      await vi.advanceTimersByTimeAsync(100);
      if (key === 10) {
        expect(store().blocks).toBe(before);
        expect(textOf(core.last('notebook.journal')!['blocks'] as Block[])).toMatch(/epochs: (?:[6-9]|10) /);
      }
    }
    expect(core.count('notebook.check')).toBe(checks);
    await settle();
    expect(textOf(core.file.blocks)).toContain('epochs: 40');
    expect(core.count('notebook.check')).toBe(checks + 1);
    expect(store().history.done.length).toBe(doneBefore + 1);
  });

  test('comes back where it is wanted, can be undone, and is let go only when the journal holds it anew', async () => {
    await openWithDraft('hash-1');
    const before = core.count('notebook.journal');
    await store().restoreDraft();
    expect(core.count('notebook.journal')).toBe(before + 1);
    expect(core.count('notebook.answerDraft')).toBe(1);
    expect(cellsOf(store().blocks)[0]?.source).toBe('lost\n');
    await settle();
    expect(textOf(core.file.blocks)).toContain('lost');
    store().undo();
    expect(cellsOf(store().blocks)[0]?.source).toBe("data.csv('wine.csv')\n");
  });

  test('is merged with a file that changed since', async () => {
    core.file.blocks = changedIn(core.file.blocks, 'training', 'train({ epochs: 2 })\n');
    await openWithDraft('older');
    await store().restoreDraft();
    expect(store().merging).toMatchObject({ ofDraft: true, hash: 'hash-1' });
    expect(core.count('notebook.answerDraft')).toBe(0);
    await store().mergeVersions(changedIn(core.file.blocks, 'wine', 'lost\n'));
    expect(core.count('notebook.answerDraft')).toBe(1);
    expect(textOf(store().blocks)).toMatch(/lost[^]*epochs: 2/);
  });

  test('goes away where it is not wanted', async () => {
    await openWithDraft('hash-1');
    await store().discardDraft();
    expect(store().draft).toBeUndefined();
    expect(core.count('notebook.answerDraft')).toBe(1);
    expect(textOf(store().blocks)).not.toContain('lost');
  });
});

describe('both changed', () => {
  test('are compared with what both began with, and the merged one is saved over the file that was seen', async () => {
    const [base] = [core.file.blocks];
    store().type(keyOf('wine'), 'mine');
    core.file.blocks = changedIn(base, 'training', 'theirs\n');
    core.file.hash = 'theirs';
    await settle();
    expect(store().saving).toBe('conflict');
    await store().compareVersions();
    expect(store().merging).toMatchObject({ hash: 'theirs', base, ofDraft: false });
    await store().mergeVersions(changedIn(changedIn(base, 'wine', 'mine\n'), 'training', 'theirs\n'));
    await settle();
    expect(store().saving).toBe('saved');
    expect(textOf(core.file.blocks)).toMatch(/mine[^]*theirs/);
    store().undo();
    expect(textOf(store().blocks)).not.toContain('theirs');
  });
});

describe('structure', () => {
  test('undo goes back over cells, texts and knobs in the order they were changed', async () => {
    await store().open('wine.epoch.md');
    const [wine, training] = cellsOf(store().blocks);
    const before = textOf(store().blocks);
    store().remove([training.key]);
    store().type(wine.key, 'typed since');
    store().setKnob('units', 8);
    store().undo();
    expect([store().knobValues, cellsOf(store().blocks)[0].source]).toEqual([{}, 'typed since\n']);
    expect(store().undo()).toBe(wine.key);
    expect(cellsOf(store().blocks).map((cell) => cell.source)).toEqual(["data.csv('wine.csv')\n"]);
    expect(store().undo()).toBe(training.key);
    expect(textOf(store().blocks)).toBe(before);
    for (let step = 0; step < 3; step += 1) store().redo();
    expect([store().knobValues, cellsOf(store().blocks).map((cell) => cell.source)]).toEqual([{ units: 8 }, ['typed since\n']]);
  });

  test('the notice of a removal brings the cell back, and what was typed since stays', async () => {
    await store().open('wine.epoch.md');
    const [wine, training] = cellsOf(store().blocks);
    store().remove([training.key]);
    store().type(wine.key, 'typed since');
    useToastStore.getState().toasts.at(-1)!.action!.run();
    expect(cellsOf(store().blocks).map((cell) => [cell.id, cell.source])).toEqual([
      ['wine', 'typed since\n'],
      ['training', 'train({})\n'],
    ]);
  });

  test('commands act on all that is selected, and one undo brings all back', async () => {
    await store().open('wine.epoch.md');
    const before = textOf(store().blocks);
    const [wine, training] = cellsOf(store().blocks);
    store().select(training.key);
    store().extendTo(wine.key);
    expect(selectionOf(store())).toEqual(
      store()
        .blocks.filter(isShown)
        .slice(-2)
        .map(({ key }) => key),
    );
    store().copy(selectionOf(store()));
    store().remove(selectionOf(store()));
    expect(cellsOf(store().blocks)).toEqual([]);
    store().undo();
    expect(textOf(store().blocks)).toBe(before);
    store().paste([training.key], 'below');
    expect(cellsOf(store().blocks).map(({ id }) => id)).toEqual(['wine', 'training', 'wine2', 'training2']);
    expect(selectionOf(store())).toHaveLength(2);
    store().select(wine.key);
    expect(selectionOf(store())).toEqual([wine.key]);
  });

  test('the notice of a removal brings several cells back in their places', async () => {
    await store().open('wine.epoch.md');
    const [wine, training] = cellsOf(store().blocks);
    const below = store().insert('code', training.key);
    store().remove([wine.key, training.key]);
    store().type(below, 'typed since');
    useToastStore.getState().toasts.at(-1)!.action!.run();
    expect(cellsOf(store().blocks).map(({ id }) => id)).toEqual(['wine', 'training', 'helpers']);
    expect(cellsOf(store().blocks)[2].source).toBe('typed since\n');
  });

  test('a knob is written into the text as its default, and one undo takes that back', async () => {
    await store().open('wine.epoch.md');
    const [, training] = cellsOf(store().blocks);
    store().type(training.key, "train({ epochs: param('epochs', 10) })");
    useNotebookStore.setState({ knobs: [{ name: 'epochs', value: 10, default: 10, cell: 'training' }] });
    store().setKnob('epochs', 25);
    store().writeKnob('epochs');
    expect(store().knobValues).toEqual({});
    expect(cellsOf(store().blocks)[1].source).toBe("train({ epochs: param('epochs', 25) })\n");
    store().undo();
    expect(store().knobValues).toEqual({ epochs: 25 });
    expect(cellsOf(store().blocks)[1].source).toBe("train({ epochs: param('epochs', 10) })\n");
  });

  test('what was selected and is undone leaves the keyboard to its neighbour', async () => {
    await store().open('wine.epoch.md');
    const [wine, training] = cellsOf(store().blocks);
    store().insert('code', wine.key);
    expect(store().undo()).toBe(training.key);
    expect(store().selected).toBe(training.key);
  });

  test('any sequence of changes, undone and done again, gives the same bytes', async () => {
    // The thousand that were promised: EPOCHBOOK_SEQUENCES=1000.
    const rounds = Number(process.env['EPOCHBOOK_SEQUENCES'] ?? 200);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < rounds; round += 1) {
      await store().open('wine.epoch.md');
      const before = textOf(store().blocks);
      for (let step = 0; step < 40; step += 1) {
        const shown = store().blocks.filter(isShown);
        const at = random(shown.length);
        const block = shown[at];
        const several = shown.slice(at, at + 1 + random(3)).map(({ key }) => key);
        if (!block) store().insert('code', undefined);
        else
          [
            () => store().type(block.key, `text ${random(1000)}\n${'`'.repeat(random(6))}`),
            () => store().insert(random(2) === 0 ? 'code' : 'prose', block.key),
            () => store().insertAbove('model', block.key),
            () => store().remove(several),
            () => store().move(several, random(2) === 0 ? 1 : -1),
            () => store().duplicate(several),
            () => (store().copy(several), store().paste([block.key], random(2) === 0 ? 'above' : 'below')),
            () => store().split(block.key, 1, 3),
            () => store().merge(several),
            () => store().mergeWithPrevious(block.key),
            () => store().convert(several, random(2) === 0 ? 'prose' : 'code'),
            () => store().toHeadings(several, 1 + random(6)),
            () => store().setKnob('units', random(9)),
          ][random(13)]();
      }
      const after = textOf(store().blocks);
      while (store().history.done.length > 0) store().undo();
      expect(textOf(store().blocks)).toBe(before);
      while (store().history.undone.length > 0) store().redo();
      expect(textOf(store().blocks)).toBe(after);
      while (store().history.done.length > 0) store().undo();
      // Notices of removals and what they wait for would pile up.
      useToastStore.setState({ toasts: [] });
      vi.clearAllTimers();
    }
  }, 120_000);

  test('the title is in the file and can be undone', async () => {
    store().setTitle('Wine: red');
    expect(store().title).toBe('Wine: red');
    await settle();
    expect(textOf(core.file.blocks)).toContain('title: "Wine: red"');
    store().undo();
    expect(store().title).toBe('Wine');
    expect(textOf(store().blocks)).toContain('title: Wine\n');
    store().redo();
    expect(store().title).toBe('Wine: red');
  });
});

describe('running', () => {
  test('run all trains where every cell is in order, and not otherwise', async () => {
    core.fail('wine');
    await store().runAll();
    expect(core.count('training.start')).toBe(0);
    core.fail();
    await store().runAll();
    expect(core.last('training.start')).toMatchObject({ path: 'wine.epoch.md', cell: 'training' });
    expect(useTrainingStore.getState().origins).toHaveProperty('run000000001.cell', 'training');
  });

  test('a run that cannot start says so at its cell', async () => {
    setBridge({
      shell: 'desktop',
      call: () => Promise.resolve({ ok: false, error: { code: 'internal', message: 'no' } }),
      listen: () => () => undefined,
    });
    await store().runCell('training');
    expect(store().startErrors['training']).toMatchObject({ code: 'internal' });
    expect(store().starting).toEqual([]);
  });

  test('checks asked for while one is going on become one', async () => {
    const before = core.count('notebook.check');
    const all = [store().evaluate(), store().evaluate('wine'), store().evaluate('training')];
    await Promise.all(all);
    expect(core.count('notebook.check')).toBe(before + 2);
  });

  test('knobs are as they were left, but for one that no cell defines any more', async () => {
    core.file.knobs = { filters: 16, gone: 1 };
    core.knobs = [{ name: 'filters', value: 16, default: 8, cell: 'wine' }];
    store().close();
    await store().open('wine.epoch.md');
    expect(store().knobValues).toEqual({ filters: 16, gone: 1 });
    await settle();
    expect(store().knobValues).toEqual({ filters: 16 });
    expect(core.last('notebook.keepKnobs')).toEqual({ path: 'wine.epoch.md', knobs: { filters: 16 } });
    store().setKnob('filters', 32);
    await settle();
    expect(core.last('notebook.keepKnobs')).toEqual({ path: 'wine.epoch.md', knobs: { filters: 32 } });
  });

  test('what is out of sight is so again when the notebook is opened, by the names of its cells and headings', async () => {
    core.file.blocks = [
      ...core.file.blocks,
      { type: 'prose', text: '## More\n\n' },
      { type: 'prose', text: '## More\n\n' },
      { type: 'cell', id: 'last', kind: 'code', open: '```ts code #last\n', source: '1\n', close: '```\n' },
    ];
    core.file.view = { folded: ['wine', 'gone'], collapsed: [{ heading: 'More', index: 1 }] };
    store().close();
    await store().open('wine.epoch.md');
    const { blocks, folded, collapsed } = store();
    expect(folded).toEqual([cellsOf(blocks)[0].key]);
    expect(collapsed).toEqual([blocks.findLast(({ type }) => type === 'prose')!.key]);
    expect(core.count('notebook.keepView')).toBe(0);
    store().toggleFold(folded);
    expect(core.last('notebook.keepView')).toEqual({ path: 'wine.epoch.md', folded: [], collapsed: [{ heading: 'More', index: 1 }] });
    store().collapse(collapsed[0], false);
    expect(core.last('notebook.keepView')).toEqual({ path: 'wine.epoch.md', folded: [], collapsed: [] });
    store().insert('code', undefined);
    expect(core.count('notebook.keepView')).toBe(2);
  });

  test('knobs are sent with the check and the run', async () => {
    store().setKnob('filters', 16);
    await settle();
    expect(core.last('notebook.check')).toMatchObject({ knobs: { filters: 16 } });
    store().setKnob('filters', undefined);
    await settle();
    expect(core.last('notebook.check')).toMatchObject({ knobs: {} });
  });
});
