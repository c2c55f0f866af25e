import { expect, test } from 'vitest';
import { dataCellText, fileForNewCell, folderCellText, pathFrom } from './data-cell.ts';

test('paths lead from the notebook to the file', () => {
  expect(pathFrom('a.epoch.md', 'wine.csv')).toBe('wine.csv');
  expect(pathFrom('old/a.epoch.md', 'wine.csv')).toBe('../wine.csv');
  expect(pathFrom('old/a.epoch.md', 'old/data/wine.csv')).toBe('data/wine.csv');
  expect(pathFrom('one/two/a.epoch.md', 'one/three/x.npy')).toBe('../three/x.npy');
});

test('a cell for each kind of file, with the last column as the target', () => {
  const split = '  .split({ validation: 0.2, seed: 1 })\n';
  expect(dataCellText("it's.csv", ['a', 'b'], [])).toBe(`data.csv('it\\'s.csv')\n  .target('b')\n${split}`);
  expect(dataCellText('a.tsv', undefined, [])).toBe(`data.tsv('a.tsv')\n${split}`);
  expect(dataCellText('a.parquet', ['a', 'b'], [])).toBe(`data.parquet('a.parquet')\n  .target('b')\n${split}`);
  expect(dataCellText('a.feather', ['a', 'b'], [])).toBe(`data.arrow('a.feather')\n  .target('b')\n${split}`);
  expect(dataCellText('a.DB', ['a', 'b'], [])).toBe(`data.sqlite('a.DB')\n  .target('b')\n${split}`);
  expect(dataCellText('a.jsonl', ['a', 'b'], [])).toBe(`data.json('a.jsonl')\n  .target('b')\n${split}`);
  expect(dataCellText('a.npz', undefined, [])).toBe(`data.npz('a.npz')\n${split}`);
  expect(dataCellText('y.npy', undefined, ['x.npy', 'y.npy'])).toBe(`data.npy({ inputs: 'x.npy', targets: 'y.npy' })\n${split}`);
  expect(dataCellText('t10k-labels-idx1-ubyte.gz', undefined, ['t10k-images-idx3-ubyte.gz'])).toContain(
    "images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz'",
  );
  expect(dataCellText('poem.txt', undefined, [])).toContain("data.text('poem.txt')");
  expect(dataCellText('a.docx', undefined, [])).toBeUndefined();
  expect(folderCellText('pets', ['pets/cat/1.png', 'pets/dog/1.png'])).toBe(`data.imageFolder('pets')\n${split}`);
  expect(folderCellText('faces', ['faces/1.png', 'faces/2.jpg', 'faces/labels.csv'])).toBe(
    `data.imageFolder('faces', { labels: 'faces/labels.csv' })\n${split}`,
  );
  expect(folderCellText('drawings', ['drawings/1.svg', 'drawings/2.gif'])).toBeUndefined();
  expect(folderCellText('mails', ['mails/spam/1.txt'])).toContain("data.textFolder('mails')");
});

test('a new data cell reads the first file that no other reads, from the notebook’s folder before others', () => {
  const paths = ['../far.csv', 'deep/a.csv', 'notes.docx', 'b.csv', 'c.npz'];
  expect(fileForNewCell(paths, [])).toBe('b.csv');
  expect(fileForNewCell(paths, ["data.csv('b.csv')"])).toBe('c.npz');
  expect(fileForNewCell(paths, ["data.csv('b.csv')", "data.npz('c.npz')"])).toBe('../far.csv');
  expect(fileForNewCell(['b.csv'], ["data.csv('b.csv')"])).toBe('b.csv');
  expect(fileForNewCell(['notes.docx'], [])).toBeUndefined();
});
