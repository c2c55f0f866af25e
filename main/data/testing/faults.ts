/** Real data sets, and faults to plant in them: what the findings must find, and where they must find nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import type { DataSource, DataStep } from '#contract/spec.ts';
import { split, type SplitStep } from '../split.ts';

export type Row = readonly string[];

export interface TableSet {
  readonly name: string;
  /** The header first; the last column is to be predicted. */
  readonly rows: readonly Row[];
  readonly target: string;
  readonly isClasses: boolean;
}

export interface PictureSet {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly pixels: readonly Uint8Array[];
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
}

/** A data set as it is loaded, with the files it is of. */
export interface Planted {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly source: DataSource;
  readonly steps: readonly DataStep[];
}

export interface Fault<DataSet> {
  /** What the finding or the error is called. */
  readonly code: string;
  readonly name: string;
  /** Undefined where the fault cannot be in this set. */
  readonly plant: (set: DataSet, random: Random) => Planted | undefined | Promise<Planted>;
}

export interface Random {
  /** Of [0, 1). */
  next(): number;
  /** Of from…to, both included. */
  whole(from: number, to: number): number;
  shuffled<Item>(items: readonly Item[]): Item[];
}

export function randomOf(seed: number): Random {
  // SplitMix32.
  let state = seed | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    shuffled(items) {
      const all = [...items];
      for (let last = all.length - 1; last > 0; last -= 1) {
        const other = Math.floor(next() * (last + 1));
        [all[last], all[other]] = [all[other], all[last]];
      }
      return all;
    },
  };
}

const at = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)));
const unpacked = (path: string) => (path.endsWith('.gz') ? gunzipSync(at(path)) : at(path));
const digitWords = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

function table(name: string, path: string, isClasses: boolean): TableSet {
  const rows = unpacked(path)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return { name, rows, target: rows[0][rows[0].length - 1], isClasses };
}

/** scikit-learn's bundled tables; iris, wine, breast cancer, digits and diabetes, from the UCI repository and Efron et al. (2004). */
export function realTables(): TableSet[] {
  const digits = table('digits', 'sets/digits.csv.gz', true);
  return [
    table('iris', 'iris.csv', true),
    table('wine', '../../../resources/samples/wine/wine.csv', true),
    table('breast cancer', 'sets/breast-cancer.csv', true),
    table('diabetes', 'sets/diabetes.csv', false),
    { ...digits, rows: digits.rows.map((row, index) => (index === 0 ? row : [...row.slice(0, -1), digitWords[Number(row[64])]])) },
  ];
}

const fashionNames = ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Boot'];

function subset(set: PictureSet, name: string, kept: readonly number[], most: number): PictureSet {
  const chosen = [...set.labels.keys()].filter((index) => kept.includes(set.labels[index])).slice(0, most);
  return {
    ...set,
    name,
    pixels: chosen.map((index) => set.pixels[index]),
    labels: chosen.map((index) => kept.indexOf(set.labels[index])),
    classNames: kept.map((label) => set.classNames[label]),
  };
}

/** Fashion-MNIST's test images (Zalando, MIT) and the digits, whole and in part. */
export function realPictures(): PictureSet[] {
  const images = unpacked('../../../resources/samples/clothes/t10k-images-idx3-ubyte.gz').subarray(16);
  const labels = unpacked('../../../resources/samples/clothes/t10k-labels-idx1-ubyte.gz').subarray(8);
  const clothes: PictureSet = {
    name: 'clothes',
    height: 28,
    width: 28,
    pixels: Array.from(labels, (_, index) => Uint8Array.from(images.subarray(index * 784, (index + 1) * 784))),
    labels: [...labels],
    classNames: fashionNames,
  };
  const rows = table('', 'sets/digits.csv.gz', true).rows.slice(1);
  const digits: PictureSet = {
    name: 'digits',
    height: 8,
    width: 8,
    pixels: rows.map((row) => Uint8Array.from(row.slice(0, 64), (value) => Math.min(255, Number(value) * 16))),
    labels: rows.map((row) => Number(row[64])),
    classNames: digitWords,
  };
  const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  return [
    subset(clothes, 'clothes', ten, 1000),
    subset(clothes, 'shoes', [5, 7, 9], 600),
    subset(clothes, 'tops', [0, 2, 4, 6], 600),
    subset(digits, 'digits', ten, 1000),
    subset(digits, 'odd digits', [1, 3, 5, 7, 9], 600),
  ];
}

// Tables

const usual: readonly DataStep[] = [{ op: 'impute' }, { op: 'normalize' }, { op: 'oneHot' }];

/** As a careful person would load it. `rows` with the header. */
function asTable(set: TableSet, rows: readonly Row[], steps: readonly DataStep[] = [], prepared: readonly DataStep[] = usual): Planted {
  return {
    files: { 'table.csv': rows.map((row) => row.join(',')).join('\n') },
    source: { format: 'csv', path: 'table.csv' },
    steps: [{ op: 'target', column: set.target }, ...prepared, ...steps],
  };
}

export const cleanTable = (set: TableSet, random: Random): Planted => asTable(set, set.rows, [splitAny(random)]);

const splitAny = (random: Random): DataStep => ({ op: 'split', validation: 0.2, test: 0.1, seed: random.whole(0, 1e6) });
const byOrder: DataStep = { op: 'split', validation: 0.3, time: 'order' };

/** Adds a column before the target; `make` sees a row's fields and its number. */
function withColumn(rows: readonly Row[], name: string, make: (row: Row, index: number) => string): Row[] {
  return rows.map((row, index) => [...row.slice(0, -1), index === 0 ? name : make(row, index - 1), row[row.length - 1]]);
}
function withTarget(rows: readonly Row[], make: (label: string, index: number) => string): Row[] {
  return rows.map((row, index) => (index === 0 ? row : [...row.slice(0, -1), make(row[row.length - 1], index - 1)]));
}
const labelsOf = ({ rows }: TableSet) => [...new Set(rows.slice(1).map((row) => row[row.length - 1]))];
const inOrder = (rows: readonly Row[]) => withColumn(rows, 'order', (_, index) => String(index));
/** Rows as one would meet them: in no order. */
const mixed = ({ rows }: TableSet, random: Random): Row[] => [rows[0], ...random.shuffled(rows.slice(1))];
const some = (set: TableSet, random: Random) => new Set(random.shuffled([...set.rows.slice(1).keys()]).slice(0, random.whole(3, 8)));

/** A fault that only classes can have. */
const ofClasses =
  (plant: (set: TableSet, random: Random) => Planted): Fault<TableSet>['plant'] =>
  (set, random) =>
    set.isClasses ? plant(set, random) : undefined;

export const tableFaults: readonly Fault<TableSet>[] = [
  {
    code: 'data.sameInBoth',
    name: 'rows twice',
    plant: (set, random) => asTable(set, [...mixed(set, random), ...set.rows.slice(1, 1 + random.whole(30, 50))], [splitAny(random)]),
  },
  {
    code: 'data.contrary',
    name: 'rows twice with other labels',
    plant: ofClasses((set, random) => {
      const labels = labelsOf(set);
      const other = withTarget(set.rows, (label) => labels[(labels.indexOf(label) + 1) % labels.length]);
      return asTable(set, [...set.rows, ...other.slice(1, 1 + random.whole(2, 9))]);
    }),
  },
  {
    code: 'data.givesAway',
    name: 'a number that tells the target',
    plant(set, random) {
      const labels = labelsOf(set);
      const factor = 1 + random.next() * 9;
      return asTable(
        set,
        withColumn(mixed(set, random), 'measured', (row) => {
          const target = row[row.length - 1];
          return String(set.isClasses ? labels.indexOf(target) * 3 + random.next() : (Number(target) * factor).toFixed(6));
        }),
        [splitAny(random)],
      );
    },
  },
  {
    code: 'data.givesAway',
    name: 'a word that tells the class',
    plant: ofClasses((set, random) => {
      const labels = labelsOf(set);
      return asTable(
        set,
        withColumn(set.rows, 'code', (row) => `code ${labels.indexOf(row[row.length - 1])}`),
        [splitAny(random)],
      );
    }),
  },
  {
    code: 'data.idColumn',
    name: 'row numbers',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(mixed(set, random), 'number', (_, index) => String(index + 1000)),
        [splitAny(random)],
      ),
  },
  {
    code: 'data.idColumn',
    name: 'ids',
    plant(set, random) {
      const first = random.whole(1e6, 9e6);
      return asTable(
        set,
        withColumn(set.rows, 'patient_id', (_, index) => String((first + index * 7919) % 99_999_989)),
        [splitAny(random)],
      );
    },
  },
  {
    code: 'data.idColumn',
    name: 'names of rows',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(set.rows, 'name', (_, index) => `sample-${index}`),
        [splitAny(random)],
      ),
  },
  {
    code: 'data.constantColumn',
    name: 'a constant column',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(set.rows, 'unit', () => String(random.whole(1, 1) * 7)),
        [splitAny(random)],
      ),
  },
  {
    code: 'data.nearlyEmpty',
    name: 'a nearly empty column',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(set.rows, 'remark', () => (random.next() < 0.25 ? String(random.next()) : '')),
        [splitAny(random)],
      ),
  },
  {
    code: 'data.labelSpelling',
    name: 'a label spelled in two ways',
    plant: ofClasses((set, random) =>
      asTable(
        set,
        withTarget(set.rows, (label) => (random.next() < 0.3 ? label.toUpperCase() : label)),
        [splitAny(random)],
      ),
    ),
  },
  {
    code: 'data.labelKind',
    name: 'numbers among labels',
    plant: ofClasses((set, random) => {
      const chosen = some(set, random);
      return asTable(
        set,
        withTarget(set.rows, (label, index) => (chosen.has(index) ? '2' : label)),
        [splitAny(random)],
      );
    }),
  },
  {
    code: 'data.categorySpelling',
    name: 'a category spelled in two ways',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(set.rows, 'colour', () => ['red', 'Red', 'green', 'blue'][random.whole(0, 3)]),
        [splitAny(random)],
      ),
  },
  {
    code: 'data.smallClass',
    name: 'a class too small',
    plant: ofClasses((set, random) => {
      const chosen = new Set([...some(set, random)].slice(0, random.whole(2, 4)));
      return asTable(
        set,
        withTarget(set.rows, (label, index) => (chosen.has(index) ? 'rare' : label)),
      );
    }),
  },
  {
    code: 'data.unbalanced',
    name: 'unbalanced classes',
    plant: ofClasses((set, random) => {
      const [small] = random.shuffled(labelsOf(set));
      let kept = 0;
      return asTable(
        set,
        set.rows.filter((row, index) => index === 0 || row[row.length - 1] !== small || (kept += 1) <= 4),
      );
    }),
  },
  {
    code: 'data.classNotTrained',
    name: 'a class that is not trained on',
    plant: ofClasses((set, random) => {
      const [late] = random.shuffled(labelsOf(set));
      const isLate = (row: Row) => row[row.length - 1] === late;
      const rows = [set.rows[0], ...set.rows.slice(1).filter((row) => !isLate(row)), ...set.rows.slice(1).filter(isLate)];
      const share = (rows.filter(isLate).length + 2) / (rows.length - 1);
      return asTable(set, inOrder(rows), [{ op: 'split', validation: share, time: 'order' }]);
    }),
  },
  {
    code: 'data.placeholder',
    name: 'numbers that stand for gaps',
    plant(set, random) {
      const sign = ['-999', '-9999', '99999'][random.whole(0, 2)];
      return asTable(
        set,
        withColumn(set.rows, 'weight', () => (random.next() < 0.06 ? sign : String(50 + random.next() * 40))),
        [splitAny(random)],
      );
    },
  },
  {
    code: 'data.shifted',
    name: 'a part that is other than the rest',
    plant(set, random) {
      const from = Math.floor((set.rows.length - 1) * 0.7);
      const away = 2 + random.next() * 3;
      return asTable(
        set,
        inOrder(withColumn(mixed(set, random), 'sensor', (_, index) => String(random.next() * 2 + (index >= from ? away : 0)))),
        [byOrder],
      );
    },
  },
  {
    code: 'data.categoryNotTrained',
    name: 'a category that is not trained on',
    plant: (set, random) =>
      asTable(
        set,
        inOrder(
          withColumn(mixed(set, random), 'site', (_, index) =>
            index > set.rows.length - 10 ? 'new' : ['old', 'older'][random.whole(0, 1)],
          ),
        ),
        [byOrder],
      ),
  },
  {
    code: 'data.outlier',
    name: 'values in another unit',
    plant(set, random) {
      const chosen = new Set([...some(set, random)].slice(0, random.whole(1, 3)));
      return asTable(
        set,
        withColumn(set.rows, 'height', (_, index) => ((1.5 + random.next() * 0.4) * (chosen.has(index) ? 1000 : 1)).toFixed(2)),
        [splitAny(random)],
      );
    },
  },
  {
    code: 'data.notScaled',
    name: 'columns that are not scaled',
    plant: (set, random) =>
      asTable(
        set,
        withColumn(set.rows, 'income', () => String(random.whole(20_000, 90_000))),
        [splitAny(random)],
        [{ op: 'impute' }],
      ),
  },
  {
    code: 'data.lookAhead',
    name: 'a series that is split at random',
    plant(set, random) {
      // Sorted, each row's target is like that of the row before it.
      const sorted = set.rows
        .slice(1)
        .sort((a, b) => (set.isClasses ? (a[a.length - 1] < b[b.length - 1] ? -1 : 1) : Number(a[a.length - 1]) - Number(b[b.length - 1])));
      const day = (index: number) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10);
      const columns = set.rows[0].slice(0, -1);
      return asTable(
        set,
        withColumn([set.rows[0], ...sorted], 'date', (_, index) => day(index)),
        [
          { op: 'select', columns },
          { op: 'split', validation: 0.25, seed: random.whole(0, 1e6) },
        ],
      );
    },
  },
  {
    code: 'data.future',
    name: 'the next row’s target',
    plant(set, random) {
      if (set.isClasses) return undefined;
      const rows = mixed(set, random);
      return asTable(
        set,
        withColumn(rows, 'tomorrow', (_, index) => rows[Math.min(index + 2, rows.length - 1)][rows[0].length - 1]),
        [splitAny(random)],
      );
    },
  },
];

// Pictures

function idx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + shape.length * 4 + values.length);
  bytes[2] = 8;
  bytes[3] = shape.length;
  for (const [axis, size] of shape.entries()) bytes.writeUInt32BE(size, 4 + axis * 4);
  bytes.set(values, 4 + shape.length * 4);
  return bytes;
}

type Sample = readonly [pixels: Uint8Array, label: number];
const samplesOf = ({ pixels, labels }: PictureSet): Sample[] => labels.map((label, index) => [pixels[index], label]);

function asIdx(
  set: PictureSet,
  samples: readonly Sample[],
  steps: readonly DataStep[] = [],
  more: { classNames?: string[]; scale?: number } = {},
): Planted {
  const { height, width, classNames } = set;
  const pixels = new Uint8Array(samples.length * height * width);
  for (const [index, [one]] of samples.entries()) pixels.set(one, index * height * width);
  return {
    files: {
      'images.idx': idx([samples.length, height, width], pixels),
      'labels.idx': idx(
        [samples.length],
        Uint8Array.from(samples, ([, label]) => label),
      ),
    },
    source: { format: 'idx', images: 'images.idx', labels: 'labels.idx', classNames: [...classNames], ...more },
    steps,
  };
}

const folderCount = 90;

async function asFolder(
  set: PictureSet,
  folderOf: (index: number, name: string) => string,
  more: { damaged?: 'skip' } = {},
): Promise<Planted> {
  const { height, width } = set;
  const files: Record<string, Uint8Array> = {};
  for (const [index, [pixels, label]] of samplesOf(set).slice(0, folderCount).entries())
    files[`pictures/${folderOf(index, set.classNames[label])}/${index}.png`] = await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
  return { files, source: { format: 'imageFolder', path: 'pictures', ...more }, steps: [{ op: 'split', validation: 0.2, seed: 1 }] };
}

export const cleanPictures = (set: PictureSet, random: Random): Planted => asIdx(set, samplesOf(set), [splitAny(random)]);

const cut = (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length / 2));

export const pictureFaults: readonly Fault<PictureSet>[] = [
  {
    code: 'data.sameInBoth',
    name: 'pictures in two parts',
    plant: (set, random) => asIdx(set, [...samplesOf(set), ...samplesOf(set).slice(0, random.whole(30, 60))], [splitAny(random)]),
  },
  {
    code: 'data.twice',
    name: 'pictures twice',
    plant: (set, random) => asIdx(set, [...samplesOf(set), ...samplesOf(set).slice(0, random.whole(1, 9))]),
  },
  {
    code: 'data.contrary',
    name: 'pictures twice with other labels',
    plant: (set, random) =>
      asIdx(set, [
        ...samplesOf(set),
        ...samplesOf(set)
          .slice(0, random.whole(1, 9))
          .map(([pixels, label]): Sample => [pixels, (label + 1) % set.classNames.length]),
      ]),
  },
  {
    code: 'data.smallClass',
    name: 'a class too small',
    plant(set, random) {
      const few = random.whole(0, set.classNames.length - 1);
      let kept = 0;
      return asIdx(
        set,
        samplesOf(set).filter(([, label]) => label !== few || (kept += 1) <= 3),
      );
    },
  },
  {
    code: 'data.unbalanced',
    name: 'unbalanced classes',
    plant(set, random) {
      const few = random.whole(0, set.classNames.length - 1);
      let kept = 0;
      return asIdx(
        set,
        samplesOf(set).filter(([, label]) => label !== few || (kept += 1) <= 6),
        [splitAny(random)],
      );
    },
  },
  {
    code: 'data.classNotTrained',
    name: 'a class that is not trained on',
    plant(set, random) {
      const late = random.whole(0, set.classNames.length - 1);
      const own = samplesOf(set);
      // One picture of the class, and a split that puts it aside.
      const one = own.findIndex(([, label]) => label === late);
      const samples = own.filter(([, label], index) => label !== late || index === one);
      const all = [...samples.filter(([, label]) => label !== late), own[one]];
      let step = splitAny(random) as SplitStep;
      while (split(all.length, step, '').train.includes(all.length - 1)) step = splitAny(random) as SplitStep;
      return asIdx(set, all, [step]);
    },
  },
  {
    code: 'data.largeValues',
    name: 'bytes that are not scaled',
    plant: (set, random) => asIdx(set, samplesOf(set), [splitAny(random)], { scale: 1 }),
  },
  {
    code: 'data.labelSpelling',
    name: 'a class name in two spellings',
    plant(set, random) {
      const more = set.classNames[0].toUpperCase();
      const samples = samplesOf(set).map(([pixels, label]): Sample => [
        pixels,
        label === 0 && random.next() < 0.4 ? set.classNames.length : label,
      ]);
      return asIdx(set, samples, [splitAny(random)], { classNames: [...set.classNames, more] });
    },
  },
  {
    code: 'data.labelSpelling',
    name: 'a folder in two spellings',
    plant: (set, random) => asFolder(set, (_, name) => (random.next() < 0.3 ? name.toUpperCase() : name.toLowerCase())),
  },
  {
    code: 'data.filesIgnored',
    name: 'a file that is no picture',
    async plant(set) {
      const planted = await asFolder(set, (_, name) => name);
      return { ...planted, files: { ...planted.files, [`pictures/${set.classNames[0]}/notes.txt`]: 'later' } };
    },
  },
  {
    code: 'data.pictureDamaged',
    name: 'a damaged picture',
    async plant(set, random) {
      const planted = await asFolder(set, (_, name) => name);
      const [path] = random.shuffled(Object.keys(planted.files));
      return { ...planted, files: { ...planted.files, [path]: cut(planted.files[path] as Uint8Array) } };
    },
  },
  {
    code: 'data.picturesSkipped',
    name: 'a damaged picture that is left out',
    async plant(set, random) {
      const planted = await asFolder(set, (_, name) => name, { damaged: 'skip' });
      const [path] = random.shuffled(Object.keys(planted.files));
      return { ...planted, files: { ...planted.files, [path]: cut(planted.files[path] as Uint8Array) } };
    },
  },
  {
    code: 'data.pictureSizes',
    name: 'a picture of another size',
    async plant(set, random) {
      const planted = await asFolder(set, (_, name) => name);
      const [path] = random.shuffled(Object.keys(planted.files));
      const other = await sharp(planted.files[path] as Uint8Array)
        .resize(set.width + 3, set.height + 1)
        .png()
        .toBuffer();
      return { ...planted, files: { ...planted.files, [path]: other } };
    },
  },
];

const hasTwins = (samples: readonly (Row | Uint8Array)[]): boolean => new Set(samples.map((one) => one.join())).size < samples.length;
const twinCodes = ['data.sameInBoth', 'data.contrary', 'data.twice'];

/** What may be found in a clean table, because it is there: iris has a flower twice, digits have points that no pen reaches. */
export function truthOfTable({ rows }: TableSet): string[] {
  const features = rows.slice(1).map((row) => row.slice(0, -1));
  const isConstant = features[0].some((value, column) => features.every((row) => row[column] === value));
  return [...(hasTwins(features) ? twinCodes : []), ...(isConstant ? ['data.constantColumn'] : [])];
}

export const truthOfPictures = ({ pixels }: PictureSet): string[] => (hasTwins(pixels) ? twinCodes : []);
