import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, type Place } from './testing.ts';

let place: Place;
beforeEach(() => {
  place = makePlace('wine');
});
afterEach(() => place.remove());

const notebook = (cells: { data?: string; model?: string; train?: string }): string => {
  const {
    data = "data.csv('wine.csv').target('cultivar').split({ validation: 0.2, seed: 1 })",
    model = "sequential([layers.dense({ units: 3, activation: 'softmax' })])",
    train = "train({ epochs: 2, batchSize: 32, optimizer: optimizers.adam(), loss: 'sparseCategoricalCrossentropy', seed: 1 })",
  } = cells;
  const cell = (kind: string, source: string) => `\`\`\`ts ${kind} #${kind}\n${source}\n\`\`\`\n\n`;
  return `---\nepochbook: 1\ntitle: Test\n---\n\n${cell('data', data)}${cell('model', model)}${cell('train', train)}`;
};

describe('check', () => {
  it('prints data, model and knobs, and makes no files', async () => {
    const ended = await place.start(['check', 'wine.epoch.md', '--set', 'units=4', '--json']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.json()).toEqual([
      {
        data: {
          samples: { train: 133, validation: 45, test: 0 },
          reading: expect.objectContaining({ delimiter: ',', header: true }),
          inputShape: [13],
          classes: [
            { name: 'class_0', count: 59 },
            { name: 'class_1', count: 71 },
            { name: 'class_2', count: 48 },
          ],
          findings: [],
        },
        model: {
          layers: [
            { name: 'dense', className: 'Dense', outputShape: [4], parameters: 56 },
            { name: 'dense_1', className: 'Dense', outputShape: [3], parameters: 15 },
          ],
          parameters: 71,
        },
        memoryBytes: expect.any(Number),
        knobs: [
          { name: 'units', value: 4, min: 2, max: 128 },
          { name: 'epochs', value: 60, min: 1, max: 500 },
          { name: 'learningRate', value: 0.005, min: 1e-5, max: 0.1, log: true },
        ],
      },
    ]);
    expect(existsSync(join(place.folder, '.epochbook'))).toBe(false);
  });

  it('prints tables without --json', async () => {
    const { code, stdout } = await place.start(['check', 'wine.epoch.md']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dense_1 +Dense +3 +51$/m);
    expect(stdout).toMatch(/^units +16 +2 … 128$/m);
  });

  it.each([
    ['syntax', { model: 'sequential([layers.dense({ units: 3 ])' }, 'notebook.syntax', 11, 'model'],
    ['a layer that cannot fit', { model: 'sequential([layers.conv2d({ filters: 4, kernelSize: 3 })])' }, 'engine.layerRank', 11, 'model'],
    ['a loss that does not fit', { model: 'sequential([layers.dense({ units: 1 })])' }, 'engine.lossFit', 15, 'train'],
    ['a file that is missing', { data: "data.csv('wines.csv').target('cultivar')" }, 'data.fileMissingNear', 7, 'data'],
  ])('places %s, on both streams', async (_name, cells, code, line, cell) => {
    place.write('bad.epoch.md', notebook(cells));
    const ended = await place.start(['check', 'bad.epoch.md', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json()).toEqual([
      {
        type: 'error',
        error: { code, message: expect.any(String), where: { file: 'bad.epoch.md', line, column: expect.any(Number), cell } },
      },
    ]);
    const { where, message } = ended.json()[0].error;
    expect(ended.stderr).toBe(`bad.epoch.md:${line}:${where.column}: ${message}\n`);
  });

  it('places an error in the data at its line', async () => {
    place.write('ragged.csv', 'a,y\n1,x\n2\n');
    place.write('bad.epoch.md', notebook({ data: "data.csv('ragged.csv').target('y')" }));
    const ended = await place.start(['check', 'bad.epoch.md', '--json']);
    expect(ended.stderr).toMatch(/^ragged\.csv:3: /);
    expect(ended.json()[0].error).toMatchObject({ code: 'data.raggedRow', where: { file: 'ragged.csv', line: 3, cell: 'data' } });
  });
});

describe('run', () => {
  it('prints progress on standard error and its result on standard output', async () => {
    const ended = await place.start(['run', 'wine.epoch.md', '--set', 'epochs=2', '--name', 'short']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^[0-9a-z]{12} {2}short {2}completed {2}best val_loss 0\.\d+ in epoch 2\n$/);
    // On a slow machine there is time to say that the data is being read.
    const lines = ended.stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('reading the data'));
    expect(lines).toEqual([
      expect.stringMatching(/^short \([0-9a-z]{12}\): 275 parameters, 133 training and 45 validation samples, native, .*, seed 7$/),
      expect.stringMatching(
        /^epoch 1\/2 {2}loss \d\.\d{4} {2}accuracy \d\.\d{4} {2}val_loss \d\.\d{4} {2}val_accuracy \d\.\d{4} {2}\d.* m?s {2}data \d+\.\d %$/,
      ),
      expect.stringMatching(/^epoch 2\/2 {2}/),
      expect.stringMatching(/^Done after 2 epochs in .*; best val_loss 0\.\d+ in epoch 2$/),
    ]);
  });

  it('keeps the exact rows of each part', async () => {
    const kept = async (name: string) => (await place.start(['show', name, '--json', '--rows'])).json()[0].rows as Record<string, number[]>;
    const parts = Array.from({ length: 30 }, (_, row) => (row % 7 === 2 ? 'test' : row % 4 === 1 ? 'validation' : 'train'));
    place.write('parted.csv', `x,part,cultivar\n${parts.map((part, row) => `${row},${part},${'abc'[row % 3]}`).join('\n')}\n`);
    const data =
      "data.csv('parted.csv').select('x').target('cultivar').split({ column: 'part', validation: ['validation'], test: ['test'] })";
    place.write('parted.epoch.md', notebook({ data }));
    expect(await place.start(['run', 'parted.epoch.md'])).toMatchObject({ code: 0 });
    const rowsOf = (wanted: string) => [...parts.keys()].filter((row) => parts[row] === wanted);
    expect(await kept('latest')).toEqual({ train: rowsOf('train'), validation: rowsOf('validation'), test: rowsOf('test') });

    await place.start(['run', 'wine.epoch.md', '--set', 'epochs=1']);
    const { train, validation } = await kept('latest');
    expect([train.length, validation.length]).toEqual([133, 45]);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 178 }, (_, row) => row));
  });

  it('gives the same digits with one seed, and others with another', async () => {
    const metrics = async (...args: string[]) =>
      (await place.start(['run', 'wine.epoch.md', '--set', 'epochs=2', '--json', ...args]))
        .json()
        .slice(1, 3)
        .map((event) => event.metrics);
    const first = await metrics();
    expect(await metrics()).toEqual(first);
    expect(await metrics('--seed', '8')).not.toEqual(first);
  });

  it('takes the nearest folder above that holds .epochbook, or the one it is told', async () => {
    mkdirSync(join(place.folder, '.epochbook'));
    mkdirSync(join(place.folder, 'deep'));
    place.write('deep/inner.epoch.md', notebook({ data: "data.csv('../wine.csv').target('cultivar')" }));
    expect((await place.start(['run', 'deep/inner.epoch.md'])).code).toBe(0);
    expect(existsSync(join(place.folder, 'deep', '.epochbook'))).toBe(false);
    expect((await place.start(['runs', '--json'])).json()[0][0].notebook).toBe('deep/inner.epoch.md');
    // Told that the inner folder is the workspace, the data lies outside.
    const ended = await place.start(['run', 'deep/inner.epoch.md', '--workspace', 'deep', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json()[0].error.code).toBe('data.outside');
  });

  it('stops cleanly at Ctrl+C, keeping its epochs', async () => {
    const args = ['run', 'wine.epoch.md', '--set', 'epochs=500', '--set', 'learningRate=0.00001', '--json'];
    let isInterrupted = false;
    const ended = await place.start(args, (line, child) => {
      if (isInterrupted || !line.includes('"epoch.ended"')) return;
      isInterrupted = true;
      child.kill('SIGINT');
    });
    expect(ended.code).toBe(130);
    const events = ended.json();
    const told = events.filter(({ type }) => type === 'epoch.ended');
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', status: 'stopped', reason: 'user', epochs: told.length });
    const shown = (await place.start(['show', 'latest', '--json'])).json()[0];
    expect(shown).toMatchObject({ status: 'stopped', epochs: told.length });
    expect(shown.history.loss).toEqual(told.map(({ epoch, metrics }) => [epoch, metrics.loss]));
  });

  it('ends with 1 when it diverges, and prints infinities as strings', async () => {
    place.write(
      'wild.epoch.md',
      notebook({
        data: "data.csv('wine.csv').target('proline', { kind: 'number' })",
        model: 'sequential([layers.dense({ units: 1 })])',
        train: "train({ epochs: 50, batchSize: 32, optimizer: optimizers.sgd({ learningRate: 1e12 }), loss: 'meanSquaredError', seed: 1 })",
      }),
    );
    place.write('wine.csv', 'alcohol,proline\n1,2\n2,4\n3,5\n4,9\n');
    const ended = await place.start(['run', 'wild.epoch.md', '--json']);
    expect(ended.code).toBe(1);
    expect(ended.json().at(-1)).toMatchObject({ type: 'run.ended', status: 'diverged', reason: 'nan' });
    const shown = (await place.start(['show', 'latest', '--json', '--rows'])).json()[0];
    expect(shown.rows).toEqual({ train: [0, 1, 2, 3] });
    expect(shown.files).toMatchObject([{ path: 'wine.csv', state: 'same' }]);
    place.write('wine.csv', 'alcohol,proline\n1,2\n2,4\n3,5\n4,8\n');
    expect((await place.start(['show', 'latest'])).stdout).toContain('wine.csv changed since this run');
    expect(ended.stdout).toMatch(/"loss":"(NaN|Infinity)"/);
  });

  it.each([
    [['--set', 'unit=4'], 'notebook.knobUnknownNearest'],
    [['--set', 'units=many'], 'notebook.knobType'],
    [['--set', 'units'], 'cli.setForm'],
    [['--backend', 'magic'], 'engine.backendUnknown'],
    [['--device', 'tpu'], 'cli.badValue'],
    [['--seed', '1.5'], 'cli.badValue'],
    [['--workspace', 'nowhere'], 'workspace.missing'],
    [['--sed', '1'], 'cli.unknownOption'],
  ])('refuses %j before it makes a run', async (args, code) => {
    const ended = await place.start(['run', 'wine.epoch.md', ...args, '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json().map(({ error }) => error.code)).toEqual([code]);
    expect((await place.start(['runs', '--json'])).json()).toEqual([[]]);
  });

  it('tells of the cell that fails, not of the one that waits for it', async () => {
    place.write('bad.epoch.md', notebook({ data: 'while (true) {}' }));
    const ended = await place.start(['run', 'bad.epoch.md', '--json']);
    expect(ended.code).toBe(2);
    expect(ended.json()).toMatchObject([{ error: { code: 'notebook.tooLong', where: { line: 7, cell: 'data' } } }]);
  });
});

describe('what is typed', () => {
  it.each([
    [['rnu'], /Did you mean “run”\?/],
    [['show'], /RUN is missing/],
    [['run', 'a', 'b'], /“b” is one argument too many/],
    [['export', 'latest', '--format', 'tfjs'], /“--out <PATH>” is missing/],
    [['run', 'nothing.epoch.md'], /no file “nothing\.epoch\.md”/],
    [['runs', '--limit'], /needs a value/],
    [['export', 'latest', '--out', 'x', '--format', 'hdf'], /tfjs is wanted/],
  ])('%j is answered on standard error, with 2', async (args, text) => {
    const ended = await place.start(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(text);
    expect(ended.stderr.trimEnd()).not.toContain('\n');
  });

  it('prints help where it is asked for, and on standard error where it is not', async () => {
    for (const args of [['--help'], ['help'], ['run', '--help'], ['help', 'run']]) {
      const { code, stdout, stderr } = await place.start(args);
      expect({ code, stderr, hasUsage: stdout.startsWith('Usage: epochbook') }).toEqual({ code: 0, stderr: '', hasUsage: true });
    }
    expect(await place.start([])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: epochbook') });
    expect(await place.start(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('lists the backends, each with its speed', async () => {
    const [backends] = (await place.start(['backends', '--json'])).json();
    expect(backends).toContainEqual({
      name: 'reference',
      available: true,
      version: expect.stringContaining('4.22'),
      samplesPerSecond: expect.any(Number),
    });
    expect(backends.map(({ name }: { name: string }) => name)).toContain('native');
  });
});

describe('open', () => {
  it('prints its address and serves until it is ended', async () => {
    let status: number | undefined;
    const ended = await place.start(['open', '.', '--browser', '--port', '0'], (line, child) => {
      void fetch(/http:\S+/.exec(line)![0])
        .then((reply) => (status = reply.status))
        .finally(() => child.kill('SIGTERM'));
    });
    // Where the page is not built yet it says so instead.
    if (ended.code === 1) expect(ended.stderr).toContain('npm run build');
    else expect({ code: ended.code, status }).toEqual({ code: 0, status: 200 });
  });
});

it('speaks Chinese where the environment does, and keeps JSON English', async () => {
  const chinese = makePlace(undefined, { EPOCHBOOK_LOCALE: '', LC_ALL: 'zh_CN.UTF-8' });
  try {
    expect((await chinese.start(['--help'])).stdout).toContain('用法：');
    const ended = await chinese.start(['run', 'x.epoch.md', '--json']);
    expect(ended.stderr).toContain('没有文件“x.epoch.md”');
    expect(ended.json()[0].error.message).toBe('There is no file “x.epoch.md”.');
  } finally {
    chinese.remove();
  }
});
