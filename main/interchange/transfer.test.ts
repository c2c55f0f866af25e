/** Runs written as other tools' logs and read again, and logs that are damaged. */
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogTool, LoggedSeries } from '#contract/logged-run.ts';
import { crc32c } from './crc32c.ts';
import type { FoundRun } from './found-run.ts';
import { MessageWriter } from './protobuf.ts';
import { readSetting } from './plain-values.ts';
import { readRuns } from './read-runs.ts';
import { frameRecord } from './records.ts';
import { type ExportedRun, writeRuns } from './write-runs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-transfer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startedAt = Date.UTC(2026, 4, 3, 12);

function series(metric: string, values: readonly number[], first = 1): LoggedSeries {
  return {
    metric,
    epochs: Float64Array.from(values, (_, index) => first + index),
    values: Float64Array.from(values),
    times: Float64Array.from(values, (_, index) => startedAt + 1500 * (index + 1)),
  };
}

/** Numbers that a 32-bit float, a rounding or a text could spoil. */
const hard = [0.1, 1 / 3, -0, 0, 5e-324, 1.7976931348623155e308, 123456789.12345679, 1e21, Number.NaN, Infinity, -Infinity, -1e-7];

function someRun(change: Partial<ExportedRun> = {}): ExportedRun {
  return {
    id: 'abcdefghijkl',
    name: 'brisk otter',
    status: 'completed',
    startedAt,
    endedAt: startedAt + 60_000,
    params: { units: 8, rate: 1e-5, activation: 'relu', bias: true, path: 'C:\\x, "y"' },
    tags: ['keep'],
    note: 'first\nsecond',
    series: [series('loss', hard), series('val_loss', hard.slice(2), 3), series('accuracy', [0.5, 0.25], 0)],
    ...change,
  };
}

async function found(path: string, tool?: LogTool): Promise<FoundRun[]> {
  const runs: FoundRun[] = [];
  for await (const run of readRuns(path, tool)) runs.push(run);
  return runs;
}

const bits = (array: Float64Array): string => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');

function expectSameValues(found: readonly LoggedSeries[], wanted: readonly LoggedSeries[]): void {
  expect(found.map(({ metric }) => metric).sort()).toEqual(wanted.map(({ metric }) => metric).sort());
  for (const { metric, epochs, values } of wanted) {
    const back = found.find((each) => each.metric === metric)!;
    expect([...back.epochs], metric).toEqual([...epochs]);
    expect(bits(back.values), metric).toBe(bits(values));
  }
}

describe.each(['tensorboard', 'mlflow', 'csv'] as const)('%s, written and read', (format) => {
  it('has the same values bit for bit, the same params and the same name', async () => {
    const target = join(folder, 'out');
    const written = await writeRuns({ format, runs: [someRun()], folder: target, now: startedAt });
    expect(written).toMatchObject({ runs: 1, scalars: hard.length * 2 });
    const [{ run, findings }, ...more] = await found(target);
    expect(more).toEqual([]);
    expect(findings).toEqual([]);
    expectSameValues(run.series, someRun().series);
    expect(run).toMatchObject({ tool: format, name: 'brisk otter', status: 'completed', params: someRun().params });
    expect(run.series.find(({ metric }) => metric === 'loss')!.times[0]).toBeCloseTo(startedAt + 1500, 0);
  });

  it('takes names of any letters, and runs of the same name', async () => {
    const target = join(folder, 'out');
    const names = ['损失 – test', 'a/b:c', 'a_b_c', '.hidden'];
    const runs = names.map((name, index) => someRun({ id: `run${index}`, name, series: [series('précision', [index])] }));
    await writeRuns({ format, runs, folder: target, now: startedAt });
    const back = await found(target);
    expect(back.map(({ run }) => run.series[0].values[0]).sort((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(back.every(({ run }) => run.series[0].metric === 'précision')).toBe(true);
    expect(back.map(({ run }) => run.name)).toContain('损失 – test');
  });

  it('takes the worst of names, and leaves no file outside its folder', async () => {
    const target = join(folder, 'in', 'out');
    const names = [
      '../../../up',
      '..',
      '',
      '损'.repeat(300),
      '👩‍🚀'.repeat(60),
      'a',
      'a/b',
      'A',
      'con',
      'line\nbreak',
      '\u202Eright',
      'x\u0000y',
      '\ud83d',
    ];
    const metrics = names.map((name, index) => series(name, [index, index]));
    const runs = names.map((name, index) =>
      someRun({ id: `run${index}`, name, params: Object.fromEntries(names.map((one) => [one, 1])), series: metrics }),
    );
    await writeRuns({ format, runs, folder: target, now: startedAt });
    expect(readdirSync(folder)).toEqual(['in']);
    expect(readdirSync(join(folder, 'in'))).toEqual(['out']);
    const back = (await found(target)).map(({ run }) => run.series.map(({ values }) => values[0]).sort((a, b) => a - b));
    // A table of CSV has one column of no name, which is how pandas numbers rows.
    const kept = names.map((_, index) => index).filter((index) => format !== 'csv' || names[index] !== '');
    expect(back).toHaveLength(names.length);
    for (const values of back) expect(values).toEqual(kept);
  });

  it('replaces an earlier export, but no folder that anything was added to', async () => {
    const target = join(folder, 'out');
    const write = (runs: ExportedRun[]) => writeRuns({ format, runs, folder: target, now: startedAt });
    await write([someRun()]);
    await write([someRun({ series: [series('loss', [7])] })]);
    expect((await found(target)).map(({ run }) => [...run.series[0].values])).toEqual([[7]]);
    writeFileSync(join(target, 'mine.txt'), 'mine');
    await expect(write([someRun()])).rejects.toMatchObject({ code: 'interchange.folderInUse' });
    expect(readFileSync(join(target, 'mine.txt'), 'utf8')).toBe('mine');
  });
});

describe('JSON', () => {
  it('has every value as a number, or its name where JSON has none', async () => {
    await writeRuns({ format: 'json', runs: [someRun(), someRun({ name: 'b' })], folder: join(folder, 'out'), now: 0 });
    const [first, second] = JSON.parse(readFileSync(join(folder, 'out/runs.json'), 'utf8'));
    expect(first.history.loss.map(([, value]: [number, number | string]) => Number(value))).toEqual(hard);
    expect(first.history.accuracy).toEqual([
      [0, 0.5],
      [1, 0.25],
    ]);
    expect(first).toMatchObject({ name: 'brisk otter', params: someRun().params, note: 'first\nsecond' });
    expect(second.name).toBe('b');
  });
});

describe('Parquet', () => {
  it('has every run and every epoch; what a run lacks is null, and names that differ in case are two columns', async () => {
    const other = someRun({ id: 'b', name: '好', params: { units: 0.5 }, series: [series('LOSS', [1, 2])] });
    const written = await writeRuns({ format: 'parquet', runs: [someRun(), other], folder: join(folder, 'out'), now: 0 });
    expect(written).toMatchObject({ files: ['runs.parquet', 'epochs.parquet'], runs: 2, scalars: hard.length * 2 + 2 });
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const read = async (query: string) => (await connection.runAndReadAll(query)).getRowsJS();
    const epochs = `'${join(folder, 'out/epochs.parquet')}'`;
    const loss = (await read(`SELECT loss FROM ${epochs} WHERE run = 'brisk otter' AND epoch > 0 ORDER BY epoch`)).map(([value]) => value);
    expect(loss).toHaveLength(hard.length);
    expect(loss.every((value, index) => Object.is(value, hard[index]))).toBe(true);
    expect(await read(`SELECT loss_2, LOSS, "params.units", "params.rate" FROM ${epochs} WHERE run = '好'`)).toEqual([
      [1, null, 0.5, null],
      [2, null, 0.5, null],
    ]);
    expect(await read(`SELECT run, "params.path", note FROM '${join(folder, 'out/runs.parquet')}'`)).toEqual([
      ['brisk otter', 'C:\\x, "y"', 'first\nsecond'],
      ['好', null, 'first\nsecond'],
    ]);
    instance.closeSync();
  });
});

describe('event files', () => {
  const eventFile = (name = 'events.out.tfevents.1') => join(folder, name);

  function writeEvents(file: string, events: readonly Uint8Array[]): void {
    const into = Buffer.alloc(65_536);
    let length = 0;
    for (const event of events) length = frameRecord(into, length, event, event.length);
    writeFileSync(file, into.subarray(0, length));
  }
  const simple = (tag: string, step: number, value: number) => {
    const number = Buffer.alloc(4);
    number.writeFloatLE(value);
    const summary = new MessageWriter().text(1, tag).bytes;
    // simple_value is field 2, four bytes: the key 0x15.
    const field = Buffer.concat([summary, Buffer.from([0x15]), number]);
    return Buffer.from(
      new MessageWriter()
        .double(1, 1000 + step)
        .integer(2, step)
        .data(5, new MessageWriter().data(1, field).bytes).bytes,
    );
  };

  it('are checked by CRC-32C, as RFC 3720 has it', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  it('of older writers have values as 32-bit floats, and steps of any size', async () => {
    writeEvents(eventFile(), [simple('a', -3, 0.5), simple('a', 0, 0.1), simple('a', 2 ** 40, Number.NaN)]);
    const [{ run }] = await found(folder);
    expect([...run.series[0].epochs]).toEqual([-3, 0, 2 ** 40]);
    expect([...run.series[0].values]).toEqual([0.5, Math.fround(0.1), Number.NaN]);
    expect([...run.series[0].times]).toEqual([997_000, 1_000_000, (1000 + 2 ** 40) * 1000]);
  });

  it('of a run that was started again go on where it began', async () => {
    writeEvents(
      eventFile('events.out.tfevents.1'),
      [1, 2, 3].map((step) => simple('a', step, step)),
    );
    writeEvents(
      eventFile('events.out.tfevents.2'),
      [3, 4].map((step) => simple('a', step, -step)),
    );
    const [{ run }] = await found(folder);
    expect([...run.series[0].epochs]).toEqual([1, 2, 3, 4]);
    expect([...run.series[0].values]).toEqual([1, 2, -3, -4]);
  });

  it('of Keras are one run with both parts, its epochs counted from 1', async () => {
    for (const part of ['train', 'validation']) {
      mkdirSync(join(folder, 'run', part), { recursive: true });
      writeEvents(join(folder, 'run', part, 'events.out.tfevents.1'), [simple('epoch_loss', 0, 4), simple('epoch_loss', 1, 2)]);
    }
    const [{ run }, ...more] = await found(folder);
    expect(more).toEqual([]);
    expect(run.name).toBe('run');
    expect(run.series.map(({ metric, epochs }) => [metric, [...epochs]])).toEqual([
      ['loss', [1, 2]],
      ['val_loss', [1, 2]],
    ]);
  });

  it('that are cut, wherever, give what is whole and say so', async () => {
    const events = [1, 2, 3].map((step) => simple('a', step, step));
    writeEvents(eventFile(), events);
    const whole = readFileSync(eventFile());
    const size = whole.length / 3;
    for (let length = 1; length < whole.length; length++) {
      writeFileSync(eventFile(), whole);
      truncateSync(eventFile(), length);
      const records = Math.floor(length / size);
      if (records === 0) {
        // Nothing of it is whole: it is named, and makes no run.
        await expect(found(folder)).rejects.toMatchObject({ code: 'interchange.eventsCut', values: { records, offset: 0 } });
        continue;
      }
      const [{ run, findings }] = await found(folder);
      expect(run.series[0]?.values.length ?? 0).toBe(records);
      if (length % size === 0) expect(findings).toEqual([]);
      else expect(findings).toMatchObject([{ code: 'interchange.eventsCut', values: { records, offset: records * size } }]);
    }
  });

  it('nothing of which is whole are named beside what can be read', async () => {
    writeEvents(eventFile(), [simple('a', 1, 1)]);
    mkdirSync(join(folder, 'junk'));
    writeFileSync(join(folder, 'junk', 'events.out.tfevents.1'), 'anything but events');
    writeFileSync(join(folder, 'table.csv'), 'epoch,loss\n1,2\n');
    const runs = await found(folder);
    expect(runs).toHaveLength(1);
    expect(runs[0].findings).toMatchObject([
      { code: 'interchange.eventsChecksum', values: { records: 0 } },
      { code: 'interchange.tablesAside', values: { count: 1 } },
    ]);
  });

  it('are searched for and read until somebody has had enough', async () => {
    writeEvents(eventFile(), [simple('a', 1, 1)]);
    for (let after = 0; after < 3; after++) {
      let pulses = 0;
      const runs = readRuns(folder, undefined, () => {
        if (pulses++ === after) throw new Error('enough');
      });
      await expect(runs.next(), `after ${after}`).rejects.toThrow('enough');
    }
  });

  it('with any byte changed give what comes before it, and say so', async () => {
    writeEvents(
      eventFile(),
      [1, 2, 3].map((step) => simple('a', step, step)),
    );
    const whole = readFileSync(eventFile());
    const size = whole.length / 3;
    for (let index = 0; index < size; index++) {
      const changed = Buffer.from(whole);
      changed[size + index] ^= 0x10;
      writeFileSync(eventFile(), changed);
      const [{ run, findings }] = await found(folder);
      expect([...run.series[0].values]).toEqual([1]);
      expect(findings).toMatchObject([{ code: 'interchange.eventsChecksum', values: { records: 1, offset: size } }]);
    }
  });
});

describe('MLflow', () => {
  it('numbers what was logged without steps, and says so', async () => {
    const target = join(folder, 'out');
    await writeRuns({ format: 'mlflow', runs: [someRun({ series: [series('loss', [3], 0)] })], folder: target, now: 0 });
    const [{ run: before }] = await found(target);
    appendFileSync(join(before.path, 'metrics/loss'), `${startedAt + 9000} 1.5 0\n${startedAt + 9500} inf 0\n`);
    const [{ run, findings }] = await found(target);
    expect([...run.series[0].epochs]).toEqual([1, 2, 3]);
    expect([...run.series[0].values]).toEqual([3, 1.5, Infinity]);
    expect(findings).toMatchObject([{ code: 'interchange.stepsNumbered', values: { count: 3 } }]);
  });

  it('reads a file of metrics as far as it is whole', async () => {
    const target = join(folder, 'out');
    await writeRuns({ format: 'mlflow', runs: [someRun({ series: [series('loss', [3, 2])] })], folder: target, now: 0 });
    const [{ run: before }] = await found(target);
    appendFileSync(join(before.path, 'metrics/loss'), `${startedAt} 0.1234`);
    const [{ run, findings }] = await found(target);
    expect([...run.series[0].values]).toEqual([3, 2]);
    expect(findings).toMatchObject([{ code: 'interchange.lineCut', values: { line: 3 } }]);
  });

  it('is found in a folder by its tables, whatever it is called; the databases of others are passed by', async () => {
    const database = new Database(join(folder, 'tracking.sqlite'));
    database.exec(`CREATE TABLE experiments (experiment_id, name); CREATE TABLE tags (run_uuid, key, value); CREATE TABLE params (run_uuid, key, value);
      CREATE TABLE metrics (run_uuid, key, value, is_nan, step, timestamp); CREATE TABLE runs (run_uuid, name, status, start_time, end_time, experiment_id, lifecycle_stage);
      INSERT INTO runs VALUES ('a', 'found', 'FINISHED', ${startedAt}, ${startedAt + 9000}, NULL, 'active'); INSERT INTO metrics VALUES ('a', 'loss', 0.5, 0, 1, ${startedAt});`);
    database.close();
    new Database(join(folder, 'photos.db')).exec('CREATE TABLE runs (b)').close();
    writeFileSync(join(folder, 'junk.db'), 'no database at all, but long enough to be looked at');
    const runs = await found(folder);
    expect(runs.map(({ run, findings }) => [run.name, findings])).toEqual([['found', []]]);
  });

  it('says of another database what it is not', async () => {
    const file = join(folder, 'mlflow.db');
    new Database(file).exec('CREATE TABLE a (b)').close();
    await expect(found(file)).rejects.toMatchObject({ code: 'interchange.notMlflow' });
    writeFileSync(file, 'no database at all, but long enough to be looked at');
    await expect(found(file)).rejects.toMatchObject({ code: 'interchange.unreadable' });
  });
});

describe('CSV', () => {
  it('of Keras’ CSVLogger counts epochs from 1', async () => {
    writeFileSync(join(folder, 'log.csv'), 'epoch,accuracy,loss\n0,0.5,1.25\n1,,nan\n');
    const [{ run }] = await found(join(folder, 'log.csv'));
    expect(run.series.map(({ metric, epochs, values }) => [metric, [...epochs], [...values]])).toEqual([
      ['accuracy', [1], [0.5]],
      ['loss', [1, 2], [1.25, Number.NaN]],
    ]);
  });

  it('says what it left out', async () => {
    writeFileSync(join(folder, 'log.csv'), 'step;loss;word\n1;2;x\nlast;3;y\n2;4;z\n');
    const [{ run, findings }] = await found(folder);
    expect([...run.series[0].values]).toEqual([2, 4]);
    expect(findings).toMatchObject([
      { code: 'interchange.rowSkipped', values: { row: 2, value: 'last' } },
      { code: 'interchange.fieldsSkipped', values: { count: 2, row: 1 } },
    ]);
  });

  it('without a column of epochs is refused by name, and left alone in a folder', async () => {
    writeFileSync(join(folder, 'data.csv'), 'a,b\n1,2\n');
    await expect(found(join(folder, 'data.csv'))).rejects.toMatchObject({ code: 'interchange.csvAxis' });
    await expect(found(folder)).rejects.toMatchObject({ code: 'interchange.nothingFound' });
    await expect(found(join(folder, 'gone'))).rejects.toMatchObject({ code: 'interchange.placeMissing' });
  });
});

describe('a setting that was stored as text', () => {
  it.each([
    ['8', 8],
    ['1e-05', 1e-5],
    ['True', true],
    ['007', '007'],
    ['12345678901234567890', '12345678901234567890'],
    ['relu', 'relu'],
    ['', ''],
    ['nan', 'nan'],
  ])('%s is %s', (text, value) => expect(readSetting(text)).toBe(value));
});
