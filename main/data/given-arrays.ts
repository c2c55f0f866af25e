/** An array that is given to a trained model: held whole, or left in its file where it does not fit into memory. */
import { createHash } from 'node:crypto';
import { EpochbookError } from '#contract/errors.ts';
import type { Preparation } from '#contract/samples.ts';
import type { DataSource, DataSpec } from '#contract/spec.ts';
import { type Folders, mostUnpacked, readDataFile } from './files.ts';
import { endingOf } from './given-source.ts';
import { parseIdx } from './idx.ts';
import { parseNpy } from './npy.ts';
import { inputNames, openNpz } from './numpy.ts';
import { type InputArray, packInputs } from './several-arrays.ts';
import { stepOf } from './steps.ts';
import { mostInMemory, type StoredSamples } from './stored-arrays.ts';
import { openLargeEntry, openLargeIdx, openLargeInputs, openLargeNpy } from './stream/large-arrays.ts';

export type Values = Uint8Array | Float32Array | Float64Array;

/** `shape`: of the whole. What is stored may be scaled already, as those of several inputs always are. */
export type GivenArray = { readonly shape: readonly number[] } & ({ readonly values: Values } | { readonly stored: StoredSamples });

const at = '/data/source';
const anyHash = () => createHash('sha256');

/** `inputs`: those that the model has, where it has several. Throws `data.*` errors. */
export async function openGivenArray(path: string, data: DataSpec, folders: Folders, inputs: Preparation['inputs']): Promise<GivenArray> {
  const { source } = data;
  // What the notebook says that may be taken.
  const told = stepOf(data, 'memory')?.step.megabytes;
  const most = told === undefined ? mostInMemory : told * 2 ** 20;
  const ending = endingOf(path);
  if (ending === 'npz') return openArchived(path, source, folders, { parts: inputs ?? [], most });
  if (ending === 'npy') {
    const large = await openLargeNpy(path, folders, at, anyHash(), { most, scale: 1 });
    if (large) return { shape: large.header.shape, stored: large.stored };
    return numbersOf(path, await readDataFile(path, folders, at));
  }
  if (!/idx\d?(?:-ubyte)?(?:\.gz)?$/i.test(path) && source.format !== 'idx')
    throw new EpochbookError('data.givenKind', { path, kinds: 'npy, npz, idx, png, jpg, webp' }, { where: { file: path } });
  const large = await openLargeIdx(path, folders, at, anyHash(), { most });
  return large ?? parseIdx(await readDataFile(path, folders, at), at);
}

function numbersOf(path: string, file: { readonly path: string; readonly bytes: Buffer }): { shape: readonly number[]; values: Values } {
  const { shape, values } = parseNpy(file, at);
  if (Array.isArray(values)) throw new EpochbookError('data.npyType', { path, type: 'text' }, { at });
  return { shape, values: values as Values };
}

interface ArchiveOptions {
  readonly parts: NonNullable<Preparation['inputs']>;
  readonly most: number;
}

/** The inputs in an `.npz` file: those named as the run names them, or the one that looks like them. */
async function openArchived(path: string, source: DataSource, folders: Folders, { parts, most }: ArchiveOptions): Promise<GivenArray> {
  const { entries, content } = await openNpz(path, folders, at, anyHash(), { most });
  const names = entries.map(({ name }) => name.replace(/\.npy$/, ''));
  const known = source.format === 'npz' ? source.inputs : undefined;
  const read = async (index: number) => {
    const entry = entries[index];
    if (entry.size > mostUnpacked) throw new EpochbookError('data.tooLarge', { path, gigabytes: 2 }, { at });
    return numbersOf(path, { path: `${path}:${names[index]}`, bytes: await entry.read() });
  };
  const placed = (index: number) => {
    const entry = entries[index];
    return 'start' in entry ? { entry, path: `${path}:${names[index]}`, at } : undefined;
  };
  if (typeof known !== 'object') {
    const wanted = [...(known === undefined ? [] : [known]), ...inputNames];
    const index = names.length === 1 ? 0 : names.indexOf(wanted.find((name) => names.includes(name)) ?? '');
    if (index < 0) throw new EpochbookError('data.npzWhich', { path, what: 'inputs', name: '', names: names.join(', ') }, { at });
    const place = placed(index);
    const large = place && (await openLargeEntry(place.entry, place.path, folders, at, { most, scale: 1, content }));
    return large ? { shape: large.header.shape, stored: large.stored } : read(index);
  }

  const chosen = Object.values(known).map((name) => {
    const index = names.indexOf(name);
    if (index < 0) throw new EpochbookError('data.npzArray', { path, what: 'inputs', name, names: names.join(', ') }, { at });
    return { name, index, scale: parts[Object.values(known).indexOf(name)]?.scale ?? 1 };
  });
  const checkCounts = (counts: readonly number[]) => {
    const odd = counts.findIndex((count) => count !== counts[0]);
    if (odd < 0) return;
    const facts = { inputs: chosen[0].name, inputCount: counts[0], targets: chosen[odd].name, targetCount: counts[odd] };
    throw new EpochbookError('data.samplesDiffer', facts, { at });
  };
  const places = chosen.flatMap(({ index }) => placed(index) ?? []);
  const large = places.length === chosen.length ? await openLargeInputs(places, folders, { content, most }) : undefined;
  if (large) {
    const counts = large.headers.map(({ shape: [count = 0] }) => count);
    checkCounts(counts);
    const size = large.headers.reduce((sum, { shape }) => sum + shape.slice(1).reduce((product, one) => product * one, 1), 0);
    return { shape: [counts[0], size], stored: await large.store(chosen.map(({ scale }) => scale)) };
  }
  const arrays: (InputArray & { readonly count: number })[] = [];
  for (const { name, index, scale } of chosen) {
    const { shape, values } = await read(index);
    arrays.push({ name, path, values, inputShape: shape.slice(1), scale, count: shape[0] });
  }
  checkCounts(arrays.map(({ count }) => count));
  const { values } = packInputs(arrays, arrays[0].count);
  return { shape: [arrays[0].count, values.length / arrays[0].count], values };
}
