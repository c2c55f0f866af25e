import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EpochbookError } from '#contract/errors.ts';
import type { DataSource, DataStep } from '#contract/spec.ts';
import type { Folders } from './files.ts';
import { loadDataset } from './load.ts';

let folders: Folders;

beforeAll(async () => {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), 'epochbook-data-')));
  folders = { notebook: join(workspace, 'work'), workspace };
  await mkdir(folders.notebook);
});

const write = (name: string, content: string | Uint8Array) => writeFile(join(folders.notebook, name), content);

/** 3 columns: a number, a word, and a class that follows the number. */
function flowers(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row / 2},${row % 2 ? 'red' : 'blue'},${row < rows / 2 ? 'small' : 'large'}`);
  return ['length,colour,size', ...lines].join('\n');
}

function idx(shape: number[], values: ArrayLike<number>): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = 8;
  head[3] = shape.length;
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([head, Uint8Array.from(values)]);
}

const load = (source: DataSource, ...steps: DataStep[]) => loadDataset({ source, steps }, folders);
const csv = (path: string, ...steps: DataStep[]) => load({ format: 'csv', path }, ...steps);
const images: DataSource = { format: 'idx', images: 'images.idx', labels: 'labels.idx' };

async function fault(work: Promise<unknown>): Promise<EpochbookError> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: EpochbookError) => error,
  );
}

describe('tables', () => {
  const size: DataStep = { op: 'target', column: 'size' };

  it('makes features and classes of columns', async () => {
    await write('flowers.csv', flowers(10));
    const { dataset, preview } = await csv('flowers.csv', size, { op: 'oneHot' });
    expect(dataset.inputShape).toEqual([3]);
    expect(dataset.classes).toEqual(['large', 'small']);
    expect(dataset.train.inputs.slice(0, 6)).toEqual(Float32Array.of(0, 1, 0, 0.5, 0, 1));
    expect([...dataset.train.targets]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(preview.table?.columns.map(({ role, type }) => [role, type])).toEqual([
      ['feature', 'number'],
      ['feature', 'text'],
      ['target', 'text'],
    ]);
    expect(preview.table?.rows[1]).toEqual([0.5, 'red', 'small']);
    expect(preview.findings).toEqual([]);
  });

  it('takes few whole numbers for classes, and others for numbers', async () => {
    await write('kinds.csv', `x,kind,price\n${Array.from({ length: 12 }, (_, row) => `${row},${(row * 7) % 3},${row * 1.5}`).join('\n')}`);
    const byKind = await csv('kinds.csv', { op: 'target', column: 'kind' });
    expect([byKind.dataset.task, byKind.dataset.classes]).toEqual(['classification', ['0', '1', '2']]);
    const byPrice = await csv('kinds.csv', { op: 'target', column: 'price' });
    expect([byPrice.dataset.task, byPrice.dataset.targetShape]).toEqual(['regression', [1]]);
  });

  it.each([
    ['semicolons', 'a;b;y\n1;2;u\n3;4;v\n'],
    ['tabs', 'a\tb\ty\n1\t2\tu\n3\t4\tv\n'],
    ['a byte order mark and CRLF', '\uFEFFa,b,y\r\n1,2,u\r\n3,4,v\r\n'],
    ['quotes', '"a","b","y"\n"1",2,"u"\n3,4,v'],
  ])('reads %s', async (_, text) => {
    await write('forms.csv', text);
    const { dataset } = await csv('forms.csv', { op: 'target', column: 'y' });
    expect([...dataset.train.inputs]).toEqual([1, 2, 3, 4]);
  });

  it('fits the normalization on the training part alone', async () => {
    await write('flowers.csv', flowers(40));
    const { dataset } = await csv(
      'flowers.csv',
      size,
      { op: 'select', columns: ['length'] },
      { op: 'normalize' },
      { op: 'split', validation: 0.5, seed: 3 },
    );
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(dataset.train.inputs)).toBeCloseTo(0, 5);
    expect(mean(dataset.train.inputs.map((value) => value ** 2))).toBeCloseTo(1, 5);
    expect(Math.abs(mean(dataset.validation!.inputs))).toBeGreaterThan(1e-3);
    const [{ offset, scale }] = dataset.features!;
    expect(dataset.validation!.inputs[0]).toBeCloseTo((dataset.validation!.rows[0] / 2 - offset) / scale, 5);
  });

  it.each<[string, string, DataStep[], string, object]>([
    ['a ragged row', 'a,y\n1,u\n2\n', [], 'data.raggedRow', { line: 3 }],
    ['text where a number should be', 'a,y\n1,u\n2,v\nthree,u\n', [], 'data.notANumber', { line: 4, column: 1 }],
    ['a missing value', 'a,y\n1,u\n,v\n3,u\n', [], 'data.missingValue', { line: 3, column: 1 }],
    ['a text feature', 'a,y\nred,u\nblue,v\n', [], 'data.textFeature', {}],
    ['an unknown column', 'a,y\n1,u\n2,v\n', [{ op: 'select', columns: ['b'] }], 'data.columnMissingNear', {}],
    ['one class', 'a,y\n1,u\n2,u\n', [], 'data.oneClass', {}],
    ['a header alone', 'a,y\n', [], 'data.noRows', {}],
    ['a column twice', 'a,a,y\n1,2,u\n', [], 'data.columnTwice', { line: 1 }],
    ['a split that leaves nothing', 'a,y\n1,u\n2,v\n', [{ op: 'split', validation: 2 }], 'data.splitTooLarge', {}],
    ['a part without samples', 'a,y\n1,u\n2,v\n', [{ op: 'split', validation: 0.1 }], 'data.emptyPart', {}],
  ])('says what is wrong with %s', async (_, text, steps, code, where) => {
    await write('wrong.csv', text);
    const error = await fault(csv('wrong.csv', { op: 'target', column: 'y' }, ...steps));
    expect(error.code).toBe(code);
    expect(error.at).toMatch(/^\/data\//);
    if (Object.keys(where).length > 0) expect(error.where).toMatchObject({ file: 'wrong.csv', ...where });
  });

  it('asks for a target and names the columns', async () => {
    await write('flowers.csv', flowers(10));
    const error = await fault(csv('flowers.csv'));
    expect([error.code, error.message]).toEqual(['data.noTarget', expect.stringContaining('length, colour, size')]);
  });

  it('reports bytes that no encoding explains with their line', async () => {
    await write('odd.csv', Buffer.from('a,y\n1,u\n2,caf\u0081\n', 'latin1'));
    expect(await fault(csv('odd.csv', { op: 'target', column: 'y' }))).toMatchObject({ code: 'data.encoding', where: { line: 3 } });
  });
});

describe('images', () => {
  const pixels = Uint8Array.from({ length: 20 * 4 }, (_, index) => (index * 37) % 256);
  const labels = Uint8Array.from({ length: 20 }, (_, index) => index % 2);

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzipped', (bytes: Buffer) => gzipSync(bytes)],
  ])('reads %s IDX as grey images in 0…1', async (_, pack) => {
    await write('images.idx', pack(idx([20, 2, 2], pixels)));
    await write('labels.idx', pack(idx([20], labels)));
    const { dataset, preview } = await load({ ...images, classNames: ['shirt', 'shoe'] }, { op: 'split', validation: 0.25, seed: 1 });
    expect(dataset.inputShape).toEqual([2, 2, 1]);
    expect(preview.samples).toEqual({ train: 15, validation: 5, test: 0 });
    const [row] = dataset.validation!.rows;
    expect(Array.from(dataset.validation!.inputs.subarray(0, 4))).toEqual(
      Array.from(pixels.subarray(row * 4, row * 4 + 4), (value) => Math.fround(value / 255)),
    );
    expect(dataset.validation!.targets[0]).toBe(labels[row]);
    expect(preview.images?.thumbnails[1]).toEqual({ label: 'shoe', pixels: pixels.slice(4, 8) });
  });

  it.each<[string, () => [Uint8Array, Uint8Array], string, DataSource?]>([
    ['is cut short', () => [idx([20, 2, 2], pixels).subarray(0, 50), idx([20], labels)], 'data.idxCut'],
    ['is too long', () => [Buffer.concat([idx([20, 2, 2], pixels), Buffer.from('x')]), idx([20], labels)], 'data.idxLong'],
    ['is something else', () => [Buffer.from('<html>not found</html>'), idx([20], labels)], 'data.idxKind'],
    ['has fewer labels', () => [idx([20, 2, 2], pixels), idx([19], labels.subarray(1))], 'data.countsDiffer'],
    ['is swapped with the labels', () => [idx([20], labels), idx([20, 2, 2], pixels)], 'data.notImages'],
    ['has a damaged gzip', () => [gzipSync(idx([20, 2, 2], pixels)).subarray(0, 40), idx([20], labels)], 'data.gzipDamaged'],
    ['is empty', () => [new Uint8Array(0), idx([20], labels)], 'data.emptyFile'],
    [
      'has labels outside the classes',
      () => [idx([20, 2, 2], pixels), idx([20], labels)],
      'data.labelOutside',
      { ...images, classNames: ['shirt'] },
    ],
  ])('says so when a file %s', async (_, make, code, source = images) => {
    const [imageBytes, labelBytes] = make();
    await write('images.idx', imageBytes);
    await write('labels.idx', labelBytes);
    const error = await fault(load(source));
    expect(error.code).toBe(code);
    expect(error.at).toMatch(/^\/data\/source\//);
  });
});

describe('files', () => {
  it('suggests the nearest name for a missing file', async () => {
    await write('flowers.csv', flowers(4));
    expect(await fault(csv('flower.csv'))).toMatchObject({
      code: 'data.fileMissingNear',
      values: { near: 'flowers.csv' },
      at: '/data/source/path',
    });
  });

  it.each(['../../outside.csv', '/etc/hostname', 'link.csv'])('does not leave the workspace through %s', async (path) => {
    if (path === 'link.csv') await symlink('/etc/hostname', join(folders.notebook, path));
    expect((await fault(csv(path))).code).toBe('data.outside');
  });

  it('changes the hash with a byte of the file, and with a step', async () => {
    const hashes: string[] = [];
    for (const text of [flowers(10), flowers(10).replace('red', 'rad'), flowers(10)]) {
      await write('flowers.csv', text);
      hashes.push((await csv('flowers.csv', { op: 'target', column: 'size' }, { op: 'oneHot' })).dataset.hash);
    }
    expect(hashes[0]).toBe(hashes[2]);
    expect(hashes[0]).not.toBe(hashes[1]);
    expect((await csv('flowers.csv', { op: 'target', column: 'size' }, { op: 'oneHot' }, { op: 'take', count: 8 })).dataset.hash).not.toBe(
      hashes[0],
    );
  });
});

describe('findings', () => {
  it('names a constant column, unbalanced classes and a class that is not trained', async () => {
    const rows = [...Array.from({ length: 30 }, (_, row) => `${row},7,many`), '1,7,few'];
    await write('faults.csv', `x,same,kind\n${rows.join('\n')}`);
    const { preview } = await csv('faults.csv', { op: 'target', column: 'kind' });
    expect(preview.findings.map(({ code }) => code)).toEqual(['data.constantColumn', 'data.unbalanced', 'data.smallClass']);
  });
});
