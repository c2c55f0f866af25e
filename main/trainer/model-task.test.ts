/** A trained model is used in a process of its own: evaluated to the recorded bits, and asked about files. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochRow } from '#contract/runs.ts';
import type { PredictedRow } from '#contract/predictions.ts';
import { parseCsv } from '#data/csv.ts';
import { readWithDuck } from '#data/read-with-duck.ts';
import { createHash } from 'node:crypto';
import { forkTrainerOnNode } from './fork-node.ts';
import { createTrainerHost, type TrainerHost, type UseNews } from './host.ts';
import type { UsedModel } from './protocol.ts';
import { pointsSpec, writePoints } from './testing/table.ts';

let folder: string;
let host: TrainerHost;
let model: UsedModel;
let row: EpochRow;
let points: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-use-'));
  writePoints(folder);
  points = readFileSync(join(folder, 'points.csv'), 'utf8').trim().split('\n');
  host = createTrainerHost({ fork: forkTrainerOnNode() });
  const spec = pointsSpec({ metrics: ['accuracy', 'f1Score'], batchSize: 24 });
  spec.data.steps.push({ op: 'normalize' });
  const folders = { notebook: folder, workspace: folder };
  const checkpointFolder = join(folder, 'checkpoints');
  let dataHash = '';
  const rows: EpochRow[] = [];
  const { best } = await host.train({ spec, folders, backend: 'native', threads: 1, checkpointFolder }, (news) => {
    if (news.type === 'started') ({ dataHash } = news);
    if (news.type === 'epochEnded') rows.push(news.row);
  }).ended;
  row = rows.find(({ epoch }) => epoch === best?.epoch)!;
  model = {
    name: 'run',
    spec,
    folders,
    backend: 'native',
    threads: 1,
    checkpointFile: join(checkpointFolder, 'best.safetensors'),
    dataHash,
  };
});

afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const quiet = () => undefined;
const recorded = () =>
  Object.fromEntries(Object.entries(row.metrics).flatMap(([name, value]) => (name.startsWith('val_') ? [[name.slice(4), value]] : [])));

describe('evaluating', () => {
  it('gives what training recorded, to the bit, and every part with its confusion', async () => {
    const { data, parts, epoch } = await host.evaluate({ model, recorded: recorded() }, quiet);
    expect({ data, epoch }).toEqual({ data: 'same', epoch: row.epoch });
    expect(Object.keys(recorded())).toHaveLength(3);
    expect(parts).toMatchObject([{ part: 'validation', samples: 100, identical: true, recorded: recorded(), metrics: recorded() }]);
    expect(parts[0].confusion!.classes).toEqual(['above', 'below']);
    expect(parts[0].confusion!.counts.flat().reduce((sum, count) => sum + count)).toBe(100);
    const everything = await host.evaluate({ model, parts: 'all' }, quiet);
    expect(everything.parts.map(({ part, samples }) => [part, samples])).toEqual([
      ['train', 300],
      ['validation', 100],
    ]);
    await expect(host.evaluate({ model, parts: 'test' }, quiet)).rejects.toMatchObject({ code: 'training.noPart' });
  });

  it('of another file prepares it as the training data was', async () => {
    // Its own mean is another: fitted anew, the values would be others.
    const few = points.slice(1).filter((line) => line.startsWith('0.9'));
    writeFileSync(join(folder, 'few.csv'), `${points[0]}\n${few.join('\n')}\n`);
    const given = { paths: ['few.csv'], folder };
    const { data, parts } = await host.evaluate({ model, given }, quiet);
    expect(data).toBe('given');
    const rows: PredictedRow[] = [];
    await host.predict({ model, given, rows: 0, tells: true }, (news) => {
      if (news.type === 'predictedRows') rows.push(...news.rows);
    });
    const right = rows.filter(({ answers: [answer] }, index) => few[index].endsWith(answer.class!)).length;
    expect(parts).toMatchObject([{ part: 'given', samples: few.length }]);
    expect(parts[0].metrics['accuracy']).toBeCloseTo(right / few.length, 6);
  });

  it('of a file that is larger than memory streams it, in the cache of the run’s workspace, to the same metrics', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'epochbook-given-'));
    try {
      const many = points.slice(1).filter((line) => !line.startsWith('0.1'));
      writeFileSync(join(elsewhere, 'many.csv'), [points[0], ...Array.from({ length: 20 }, () => many).flat(), ''].join('\n'));
      const given = { paths: ['many.csv'], folder: elsewhere };
      const inMemory = await host.evaluate({ model, given }, quiet);
      const cache = join(folder, '.epochbook', 'cache', 'samples');
      expect(existsSync(cache)).toBe(false);
      const data = { ...model.spec.data, steps: [...model.spec.data.steps, { op: 'memory' as const, megabytes: 1 }] };
      const streamed = await host.evaluate({ model: { ...model, spec: { ...model.spec, data } }, given }, quiet);
      expect(streamed.parts).toEqual(inMemory.parts);
      expect(streamed.parts[0].samples).toBe(many.length * 20);
      expect(readdirSync(cache).filter((name) => name.endsWith('.samples'))).toHaveLength(1);
      expect(readdirSync(elsewhere)).toEqual(['many.csv']);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('tells how far it has read, and can be ended while it reads', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'epochbook-given-'));
    const cache = join(folder, '.epochbook', 'cache', 'samples');
    try {
      writeFileSync(join(elsewhere, 'long.csv'), [points[0], ...Array.from({ length: 400 }, () => points.slice(1)).flat(), ''].join('\n'));
      const steps = [...model.spec.data.steps, { op: 'memory' as const, megabytes: 1 }];
      const streamed = { ...model, spec: { ...model.spec, data: { ...model.spec.data, steps } } };
      const task = { model: streamed, given: { paths: ['long.csv'], folder: elsewhere } };
      const read: number[] = [];
      const onNews = (news: UseNews) => {
        if (news.type === 'usedProgressed' && news.item === 'long.csv' && news.total === 100) read.push(news.done);
      };
      const ended = host.evaluate(task, (news) => {
        onNews(news);
        if (read.length === 3) void host.endUse();
      });
      await expect(ended).rejects.toMatchObject({ code: 'process.ended' });
      expect(read.length).toBeGreaterThan(2);
      expect(read.at(-1)).toBeLessThan(100);
      read.length = 0;
      // Begun anew, it is not held up by what the other left behind, and takes that away.
      const { parts } = await host.evaluate(task, onNews);
      expect(parts[0].samples).toBe(400 * 400);
      expect(read.length).toBeGreaterThan(3);
      expect(read.toSorted((one, other) => one - other)).toEqual(read);
      expect(readdirSync(cache).filter((name) => !name.endsWith('.samples'))).toEqual([]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('tells that the data changed since, and still prepares it as it was', async () => {
    const before = readFileSync(join(folder, 'points.csv'));
    try {
      writeFileSync(
        join(folder, 'points.csv'),
        `${points[0]}\n${points
          .slice(1)
          .map((line) => line.replace(/^0/, '100'))
          .join('\n')}\n`,
      );
      const { data, parts } = await host.evaluate({ model, recorded: recorded() }, quiet);
      expect(data).toBe('changed');
      expect(parts[0].identical).toBe(false);
      // x is beyond anything that was trained on: all lie above.
      expect(parts[0].confusion!.counts[1][1]).toBe(0);
    } finally {
      writeFileSync(join(folder, 'points.csv'), before);
    }
  });
});

describe('predicting', () => {
  it('answers class and shares for each row, and writes them as CSV, JSON and Parquet', async () => {
    writeFileSync(join(folder, 'new.csv'), 'y,x\n0.9,0.95\n0.1,0.02\n');
    const given = { paths: ['new.csv'], folder };
    const ask = (format: 'csv' | 'json' | 'parquet') =>
      host.predict({ model, given, rows: 1, tells: false, out: { file: join(folder, 'out', `said.${format}`), format } }, quiet);
    const { rows, count, outputs, unit, out } = await ask('csv');
    expect({ count, unit, outputs }).toEqual({
      count: 2,
      unit: 'line',
      outputs: [{ name: expect.any(String), classes: ['above', 'below'] }],
    });
    expect(rows).toEqual([
      { file: 'new.csv', place: 2, answers: [{ class: 'above', probabilities: [expect.any(Number), expect.any(Number)] }] },
    ]);
    const shares = rows[0].answers[0].probabilities!;
    expect(shares[0] + shares[1]).toBeCloseTo(1, 6);
    expect(out!.bytes).toBe(readFileSync(out!.file).length);
    const csv = parseCsv({ path: 'said.csv', bytes: readFileSync(out!.file) }, { format: 'csv', path: 'said.csv' }, '/');
    expect(csv.names).toEqual(['file', 'line', 'class', 'probability', 'p(above)', 'p(below)']);
    expect(csv.columns.map((column) => column[0])).toEqual(['new.csv', '2', 'above', String(Math.max(...shares)), ...shares.map(String)]);
    expect(csv.columns[2]).toEqual(['above', 'below']);
    await ask('json');
    expect(JSON.parse(readFileSync(join(folder, 'out/said.json'), 'utf8'))[0]).toMatchObject({
      line: 2,
      class: 'above',
      'p(above)': shares[0],
    });
    await ask('parquet');
    const parquet = await readWithDuck(
      { format: 'parquet', path: 'said.parquet' },
      { notebook: join(folder, 'out'), workspace: folder },
      createHash('sha256'),
    );
    expect(parquet.names).toEqual(csv.names);
    expect(parquet.columns[2]).toEqual(['above', 'below']);
    expect(Number(parquet.columns[4][0])).toBe(shares[0]);
  });

  it('leaves nothing half-written where a row is wrong', async () => {
    writeFileSync(join(folder, 'wrong.csv'), `x,y\n${'0.1,0.2\n'.repeat(10)}0.1,\n`);
    const out = { file: join(folder, 'wrong-out.csv'), format: 'csv' } as const;
    const asked = host.predict({ model, given: { paths: ['new.csv', 'wrong.csv'], folder }, rows: 0, tells: false, out }, quiet);
    await expect(asked).rejects.toMatchObject({ code: 'data.missingValue', where: { file: 'wrong.csv', line: 12 } });
    expect([out.file, `${out.file}.part`].map((file) => existsSync(file))).toEqual([false, false]);
  });

  it('ends at once when it is told to, and goes on with the next', async () => {
    const line = '0.123,0.456\n';
    writeFileSync(join(folder, 'long.csv'), `x,y\n${line.repeat(190_000)}`);
    const asked = host.predict({ model, given: { paths: ['long.csv'], folder }, rows: 0, tells: false }, (news) => {
      if (news.type === 'usedProgressed') void host.endUse();
    });
    await expect(asked).rejects.toMatchObject({ code: 'process.ended' });
    expect((await host.predict({ model, given: { paths: ['new.csv'], folder }, rows: 5, tells: false }, quiet)).rows).toHaveLength(2);
  });
});
