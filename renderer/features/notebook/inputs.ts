/**
 * What each cell's outcome depends on: its text, the cells' above it, and the knobs that these define. As keys that are
 * compared and not as texts, since they are asked for at each key that is typed.
 */
import type { Knob } from '#contract/spec.ts';
import { cellsOf, type EditedBlock, type EditedCell } from './blocks.ts';
import type { KnobValues } from './history.ts';

export interface Inputs {
  /** By the cell's id: the same key for the same text above and in it, and the same knobs. */
  readonly keys: ReadonlyMap<string, string>;
  /** Of each cell's own kind and text, in the notebook's order. */
  readonly texts: ReadonlyMap<string, string>;
  /** The cell that defines a knob. Of one that no check has found, every cell may depend on it. */
  readonly homes: ReadonlyMap<string, string>;
  readonly knobValues: KnobValues;
}

/** What made an outcome stale. */
export type StaleReason =
  | { readonly what: 'text' }
  | { readonly what: 'cell' | 'added' | 'removed'; readonly cell: string }
  | { readonly what: 'order' }
  | { readonly what: 'knob'; readonly knob: string };

interface State {
  readonly blocks: readonly EditedBlock[];
  readonly knobValues: KnobValues;
  readonly knobs: readonly Knob[];
}

let last: { readonly state: State; readonly inputs: Inputs } | undefined;

/** The inputs of all cells; the same object as before where nothing changed. */
export function inputsOf(state: State): Inputs {
  const { blocks, knobValues, knobs } = state;
  if (last && last.state.blocks === blocks && last.state.knobValues === knobValues && last.state.knobs === knobs) return last.inputs;
  const cells = cellsOf(blocks);
  const homes = new Map(knobs.map((knob) => [knob.name, knob.cell]));
  const set = Object.entries(knobValues).sort(([a], [b]) => (a < b ? -1 : 1));
  const knobsIn = (cell: string | undefined) =>
    set.filter(([name]) => homes.get(name) === cell).map(([name, value]) => JSON.stringify([name, value]));
  const keys = new Map<string, string>();
  const texts = new Map<string, string>();
  let key = hash(knobsIn(undefined).join());
  for (const cell of cells) {
    const text = hashOf(cell);
    key = hash([key, text, ...knobsIn(cell.id)].join());
    keys.set(cell.id, key);
    texts.set(cell.id, text);
  }
  const inputs = { keys, texts, homes, knobValues };
  last = { state, inputs };
  return inputs;
}

/** Why a cell's outcome of `before` is not that of `now`; undefined where it is. */
export function staleReason(before: Inputs, now: Inputs, cell: string): StaleReason | undefined {
  if (before.keys.get(cell) === now.keys.get(cell)) return undefined;
  if (before.texts.get(cell) !== now.texts.get(cell)) return { what: 'text' };
  const { ids, idsBefore, places, placesBefore, alike, changed } = difference(before, now);
  const end = places.get(cell)!;
  const endBefore = placesBefore.get(cell)!;
  const isAbove = (id: string) => (places.get(id) ?? Infinity) < end;
  const wasAbove = (id: string) => (placesBefore.get(id) ?? Infinity) < endBefore;
  if (changed < Math.min(end, alike)) return { what: 'cell', cell: ids[changed] };
  for (const id of ids.slice(alike, end)) {
    if (!wasAbove(id)) return before.texts.has(id) ? { what: 'order' } : { what: 'added', cell: id };
    if (before.texts.get(id) !== now.texts.get(id)) return { what: 'cell', cell: id };
  }
  for (const id of idsBefore.slice(Math.min(alike, end), endBefore))
    if (!isAbove(id)) return now.texts.has(id) ? { what: 'order' } : { what: 'removed', cell: id };
  const names = new Set([...Object.keys(before.knobValues), ...Object.keys(now.knobValues)]);
  for (const knob of names) {
    const home = now.homes.get(knob);
    const counts = home === undefined || home === cell || isAbove(home);
    if (counts && before.knobValues[knob] !== now.knobValues[knob]) return { what: 'knob', knob };
  }
  return { what: 'order' };
}

interface Difference {
  readonly now: Inputs;
  readonly ids: readonly string[];
  readonly idsBefore: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly placesBefore: ReadonlyMap<string, number>;
  /** So many cells from the top on are the same ones in the same order. */
  readonly alike: number;
  /** The first of these of another text; `alike` where there is none. */
  readonly changed: number;
}

/** The latest that was asked for of each: all cells below a change ask for the same. */
const differences = new WeakMap<Inputs, Difference>();

function difference(before: Inputs, now: Inputs): Difference {
  const known = differences.get(before);
  if (known?.now === now) return known;
  const ids = [...now.texts.keys()];
  const idsBefore = [...before.texts.keys()];
  let alike = 0;
  while (alike < ids.length && ids[alike] === idsBefore[alike]) alike += 1;
  let changed = 0;
  while (changed < alike && before.texts.get(ids[changed]) === now.texts.get(ids[changed])) changed += 1;
  const placesOf = (all: readonly string[]) => new Map(all.map((id, place) => [id, place]));
  const made = { now, ids, idsBefore, places: placesOf(ids), placesBefore: placesOf(idsBefore), alike, changed };
  differences.set(before, made);
  return made;
}

const hashes = new WeakMap<EditedCell, string>();

function hashOf(cell: EditedCell): string {
  const known = hashes.get(cell);
  if (known !== undefined) return known;
  const made = hash(`${cell.kind}\n${cell.source}`);
  hashes.set(cell, made);
  return made;
}

/** 64 bits of cyrb53 (bryc, public domain), whose halves are two mixed products. */
function hash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return `${(b >>> 0).toString(36)}.${(a >>> 0).toString(36)}`;
}
