/** W&B's logs, whole and damaged, and the tables that W&B and Aim export, as their guides show them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogTool } from '#contract/logged-run.ts';
import { crc32 } from '#contract/crc.ts';
import type { FoundRun } from './found-run.ts';
import { MessageWriter } from './protobuf.ts';
import { readPythonLiteral } from './python-literal.ts';
import { readRuns } from './read-runs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-wandb-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function found(path: string, tool?: LogTool): Promise<FoundRun[]> {
  const runs: FoundRun[] = [];
  for await (const run of readRuns(path, tool)) runs.push(run);
  return runs;
}

const seriesOf = ({ run }: FoundRun): Record<string, [epochs: number[], values: number[]]> =>
  Object.fromEntries(run.series.map(({ metric, epochs, values }) => [metric, [[...epochs], [...values]]]));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const blockBytes = 32_768;

/** LevelDB's framing: a record that does not fit into what is left of a block is cut into parts. */
function frame(records: readonly Uint8Array[]): Buffer {
  const pieces: Buffer[] = [Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])];
  let at = 7;
  const add = (piece: Buffer) => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const record of records) {
    let rest = Buffer.from(record);
    for (let isFirst = true; isFirst || rest.length > 0; isFirst = false) {
      if (blockBytes - (at % blockBytes) < 7) add(Buffer.alloc(blockBytes - (at % blockBytes)));
      const data = rest.subarray(0, blockBytes - (at % blockBytes) - 7);
      rest = rest.subarray(data.length);
      const kind = isFirst ? (rest.length === 0 ? 1 : 2) : rest.length === 0 ? 4 : 3;
      const whole = Buffer.concat([Buffer.alloc(6), Buffer.from([kind]), data]);
      whole.writeUInt16LE(data.length, 4);
      whole.writeUInt32LE(crc32(whole, 6), 0);
      add(whole);
    }
  }
  return Buffer.concat(pieces);
}

const item = (key: readonly string[], json: string): Uint8Array => {
  const message = new MessageWriter();
  if (key.length === 1) message.text(1, key[0]);
  else for (const part of key) message.text(2, part);
  return message.text(16, json).bytes;
};

const runRecord = (id: string, name: string, config: Readonly<Record<string, string>> = {}): Uint8Array => {
  const settings = new MessageWriter();
  for (const [key, json] of Object.entries(config)) settings.data(1, item([key], json));
  const run = new MessageWriter().text(1, id).text(3, 'uncategorized').data(4, settings.bytes).text(8, name);
  return new MessageWriter().data(17, run.data(17, new MessageWriter().integer(1, 1000).bytes).bytes).bytes;
};
const history = (step: number, values: Readonly<Record<string, string>>): Uint8Array => {
  const message = new MessageWriter();
  for (const [key, json] of Object.entries(values)) message.data(1, item([key], json));
  const number = step === 0 ? new MessageWriter() : new MessageWriter().integer(1, step);
  return new MessageWriter().data(2, message.data(2, number.bytes).bytes).bytes;
};
const exit = (code: number): Uint8Array => new MessageWriter().data(18, new MessageWriter().integer(1, code).bytes).bytes;
const losses = (...values: readonly number[]) =>
  values.map((value, step) => history(step, { loss: String(value), _timestamp: String(1001 + step) }));

describe('a log of W&B', () => {
  const name = 'wandb/run-20260101_000000-abc/run-abc.wandb';

  it('that was cut, wherever, gives what is whole and says so', async () => {
    const records = [runRecord('abc', 'brisk'), ...losses(3, 2, 1)];
    const whole = frame(records);
    const ends = records.map((_, index) => frame(records.slice(0, index + 1)).length);
    for (let length = 7; length < whole.length; length += 3) {
      truncateSync(write(name, whole), length);
      const [{ run, findings }] = await found(folder);
      const count = ends.filter((end) => end <= length).length;
      expect(run.series[0]?.values.length ?? 0).toBe(Math.max(0, count - 1));
      expect(run.status).toBe('stopped');
      if (length === 7 || ends.includes(length)) expect(findings).toEqual([]);
      else expect(findings).toMatchObject([{ code: 'interchange.eventsCut', values: { records: count, offset: [7, ...ends][count] } }]);
    }
  });

  it('with any byte of a record changed gives what comes before it, and says so', async () => {
    const records = [runRecord('abc', 'brisk'), ...losses(3, 2)];
    const whole = frame(records);
    const from = frame(records.slice(0, 2)).length;
    for (let index = from; index < whole.length; index++) {
      const changed = Buffer.from(whole);
      changed[index] ^= 0x10;
      write(name, changed);
      const [{ run, findings }] = await found(folder);
      expect([...run.series[0].values]).toEqual([3]);
      expect(findings).toHaveLength(1);
      expect(findings[0].code).toMatch(/^interchange\.events(Checksum|Cut)$/);
    }
  });

  it('over many blocks has every value, and records as long as some blocks', async () => {
    const values = Array.from({ length: 4000 }, (_, step) => step / 7);
    write(name, frame([runRecord('abc', 'brisk', { text: JSON.stringify('x'.repeat(3 * blockBytes)) }), ...losses(...values), exit(0)]));
    const [one] = await found(folder);
    expect(one.findings).toEqual([]);
    expect(seriesOf(one)['loss'][1]).toEqual(values);
    expect(String(one.run.params['text'])).toHaveLength(3 * blockBytes);
    expect(one.run).toMatchObject({ name: 'brisk', status: 'completed', startedAt: 1_000_000, endedAt: 1_000_000 + 4000 * 1000, tags: [] });
  });

  it('of a run that was resumed goes on where the first ended; another run is another', async () => {
    write(name, frame([runRecord('abc', 'brisk'), ...losses(3, 2), exit(1)]));
    const resumed = [
      history(1, { loss: '"NaN"' }),
      history(2, { loss: 'Infinity', note: '"text"', picture: '{"_type":"image-file"}' }),
      exit(0),
    ];
    write('wandb/run-20260102_000000-abc/run-abc.wandb', frame([runRecord('abc', 'brisk'), ...resumed]));
    write('wandb/offline-run-20260103_000000-def/run-def.wandb', frame([runRecord('def', ''), ...losses(5), exit(2)]));
    const runs = await found(folder);
    expect(runs.map(({ run }) => [run.name, run.key, run.status])).toEqual([
      ['brisk', 'abc', 'completed'],
      ['def', 'def', 'failed'],
    ]);
    expect(seriesOf(runs[0])).toEqual({
      loss: [
        [0, 1, 2],
        [3, Number.NaN, Infinity],
      ],
    });
    expect(runs[0].findings).toMatchObject([{ code: 'interchange.stepsTwice', values: { count: 1 } }]);
  });

  it('that is no log at all is named, and keeps no other run out', async () => {
    write(name, 'no log at all');
    write('wandb/run-20260103_000000-def/run-def.wandb', frame([runRecord('def', 'other'), ...losses(5)]));
    const runs = await found(folder);
    expect(runs.map(({ run, findings }) => [run.key, run.series.length, findings.map(({ code }) => code)])).toEqual([
      ['abc', 0, ['interchange.eventsMalformed']],
      ['def', 1, []],
    ]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('no log at all');
  });
});

describe('tables of W&B', () => {
  it('that pandas writes of run.history() have steps and times, without W&B’s own columns', async () => {
    write('history.csv', ',_step,_runtime,_timestamp,loss,val/acc\n0,0,1.5,1700000000.25,0.5,\n1,10,2.5,1700000001.5,inf,0.75\n');
    const [one] = await found(folder);
    expect(one.run).toMatchObject({ tool: 'wandb', name: 'history', startedAt: 1_700_000_000_250, endedAt: 1_700_000_001_500 });
    expect(seriesOf(one)).toEqual({
      loss: [
        [0, 10],
        [0.5, Infinity],
      ],
      'val/acc': [[10], [0.75]],
    });
  });

  it.each([
    ['records', '[{"_step":0,"loss":1.5,"note":null},{"_step":1,"loss":null,"acc":2}]'],
    ['columns', '{"_step":{"0":0,"1":1},"loss":{"0":1.5,"1":null},"acc":{"0":null,"1":2}}'],
    ['lines', '{"_step":0,"loss":1.5}\n{"_step":1,"acc":2}\n'],
  ])('may be JSON as %s', async (_, text) => {
    const [one] = await found(write('history.json', text));
    expect(seriesOf(one)).toEqual({ loss: [[0], [1.5]], acc: [[1], [2]] });
  });

  it('of runs, as the guide to its public API writes them, have settings and last values', async () => {
    const summary = `"{'loss': 0.25, 'val/acc': nan, '_step': 7, '_timestamp': 1700000002.0, '_runtime': 2, '_wandb': {'runtime': 2}}"`;
    const config = `"{'rate': 1e-05, 'net': {'units': 8}, 'cell': 'it\\'s', 'sizes': [1, 2], 'bias': True, 'none': None}"`;
    write('project.csv', `,summary,config,name\n0,${summary},${config},brisk\n1,${summary},{},brisk\n`);
    const runs = await found(folder, 'wandb');
    expect(runs.map(({ run }) => run.key)).toEqual(['brisk', 'brisk-2']);
    expect(seriesOf(runs[0])).toEqual({ loss: [[7], [0.25]], 'val/acc': [[7], [Number.NaN]] });
    expect(runs[0].run).toMatchObject({ startedAt: 1_700_000_000_000, endedAt: 1_700_000_002_000 });
    expect(runs[0].run.params).toEqual({ rate: 1e-5, 'net.units': 8, cell: "it's", sizes: '[1,2]', bias: true, none: 'null' });
  });

  it('that only look like one are left alone, and one that is broken is named beside what can be read', async () => {
    write('a/nested.json', '{"settings":{"_step":1}}');
    write('a/wandb-summary.json', '{"loss":0.5,"_step":7}');
    write('a/list.json', '[1,null,{"other":{"_step":2}}]');
    await expect(found(folder)).rejects.toMatchObject({ code: 'interchange.nothingFound' });
    write('b/broken.json', '[{"_step":0,"loss":1},');
    await expect(found(folder)).rejects.toMatchObject({ code: 'interchange.unreadable' });
    write('c/log.csv', 'epoch,loss\n1,0.25\n');
    expect((await found(folder)).map(({ run }) => run.tool)).toEqual(['csv']);
    write('c/history.csv', '_step,loss\n0,0.5\n');
    const [one, ...more] = await found(folder);
    expect(more).toEqual([]);
    expect(seriesOf(one)).toEqual({ loss: [[0], [0.5]] });
    expect(one.findings).toMatchObject([
      { code: 'interchange.unreadable', values: { path: join(folder, 'b/broken.json') } },
      { code: 'interchange.tablesAside', values: { count: 1 } },
    ]);
  });

  it('with a row that is no run say which', async () => {
    write('project.csv', `name,config,summary\ngood,{},"{'loss': 1}"\nbad,{'a': oh},{}\n`);
    const [one, ...more] = await found(folder);
    expect(more).toEqual([]);
    expect(one.findings).toMatchObject([{ code: 'interchange.lineCut', values: { line: 3 } }]);
  });
});

describe('tables of Aim', () => {
  const head = 'idx,step,value,epoch,time,run.hash,run.hparams.rate,run.lr,metric.name,metric.context.subset,metric.context.gpu\n';

  it('have values by context, and the names of the table beside them', async () => {
    const rows = ['0,0,0.5,0.0,2026-01-02 03:04:05.5,aa,0.1,3,loss,train,', '1,1,,1.0,2026-01-02 03:04:06,aa,0.1,3,loss,train,'];
    const more = ['0,0,0.25,0.0,2026-01-02 03:04:05,aa,0.1,3,loss,val,', '0,3,9,0.0,,bb,,,speed,,1.0'];
    const file = write('metrics.csv', head + [...rows, ...more].join('\n'));
    write(
      'runs.csv',
      'hash,name,description,archived,creation_time,end_time,active,experiment,tags\naa,brisk,a note,False,1700000000.5,,True,default,"[""kept""]"\n',
    );
    for (const place of [folder, file]) {
      const runs = await found(place);
      expect(runs.map(({ run }) => [run.name, run.key])).toEqual([
        ['brisk', 'aa'],
        ['bb', 'bb'],
      ]);
      expect(seriesOf(runs[0])).toEqual({
        loss: [
          [0, 1],
          [0.5, Number.NaN],
        ],
        val_loss: [[0], [0.25]],
      });
      expect(seriesOf(runs[1])).toEqual({ 'speed gpu=1': [[3], [9]] });
      expect(runs[0].run).toMatchObject({
        tool: 'aim',
        note: 'a note',
        tags: ['kept'],
        params: { rate: 0.1, lr: 3 },
        startedAt: 1_700_000_000_500,
      });
    }
  });

  it('are found beside other tables; Aim’s own folder is named, with the way out of it', async () => {
    mkdirSync(join(folder, '.aim'));
    await expect(found(folder)).rejects.toMatchObject({ code: 'interchange.aimFolder' });
    write('other.csv', 'epoch,loss\n1,2\n');
    expect((await found(folder)).map(({ run }) => run.tool)).toEqual(['csv']);
    write('metrics.csv', `${head}0,0,1,0,,aa,,,loss,,\n`);
    expect((await found(folder)).map(({ run }) => run.tool)).toEqual(['aim']);
  });
});

describe('plain data as Python writes it', () => {
  it.each<[string, unknown]>([
    ["{'a': [1, -2.5e3, True, None], 'b': {'c': ()}}", { a: [1, -2500, true, null], b: { c: [] } }],
    [String.raw`"it's\n\x41\u4f60\\"`, "it's\nA你\\"],
    ['[nan, inf, -inf,]', [Number.NaN, Infinity, -Infinity]],
    ["{1: 'one'}", { 1: 'one' }],
  ])('%s', (text, value) => expect(readPythonLiteral(text)).toEqual(value));

  it.each(['', '{', "{'a' 1}", '[1 2]', 'object()', "'open", '1 1'])('is not %s', (text) => {
    expect(() => readPythonLiteral(text)).toThrow(SyntaxError);
  });

  it('is no list in ten thousand others', () => expect(() => readPythonLiteral('['.repeat(10_000))).toThrow(SyntaxError));
});
