/**
 * Undo and redo of a notebook's structure, texts and knobs in one order. A step keeps the blocks before and after, but
 * what is undone is only what the step changed.
 */
import type { KnobValue } from '#contract/spec.ts';
import type { EditedBlock } from './blocks.ts';

export type KnobValues = Readonly<Record<string, KnobValue>>;

export interface Step {
  readonly before: readonly EditedBlock[];
  readonly after: readonly EditedBlock[];
  /** Keys of blocks whose text the step changed; others keep the text they have now. */
  readonly rewritten: readonly string[];
  /** What the knobs were set to, where the step changed that. */
  readonly knobs?: { readonly before: KnobValues; readonly after: KnobValues };
  /** Steps of one name that follow each other quickly are one: a word typed, a slider moved. */
  readonly burst?: undefined | { readonly of: string; readonly from: number; readonly to: number };
}

export interface History {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const noHistory: History = { done: [], undone: [] };
const limit = 200;
const burstMs = 1_000;

export function record(history: History, step: Step): History {
  const last = history.done.at(-1);
  const goesOn =
    last?.burst !== undefined &&
    step.burst?.of === last.burst.of &&
    step.burst.from - last.burst.to < burstMs &&
    history.undone.length === 0;
  if (!goesOn) return { done: [...history.done, step].slice(-limit), undone: [] };
  const knobs = last.knobs && step.knobs && { knobs: { before: last.knobs.before, after: step.knobs.after } };
  return { done: [...history.done.slice(0, -1), { ...step, before: last.before, ...knobs }], undone: [] };
}

export interface Travelled {
  readonly history: History;
  readonly blocks: readonly EditedBlock[];
  readonly knobs: KnobValues | undefined;
  /** Keys of the blocks that are other than before, or there again. */
  readonly touched: readonly string[];
}

export function undo(history: History, blocks: readonly EditedBlock[]): Travelled | undefined {
  const step = history.done.at(-1);
  if (!step) return undefined;
  const now = { ...step, after: blocks };
  const back = restored(step.before, blocks, step);
  return {
    history: { done: history.done.slice(0, -1), undone: [...history.undone, now] },
    blocks: back,
    knobs: step.knobs?.before,
    touched: differing(back, blocks),
  };
}

export function redo(history: History, blocks: readonly EditedBlock[]): Travelled | undefined {
  const step = history.undone.at(-1);
  if (!step) return undefined;
  const now = { ...step, before: blocks };
  const forth = restored(step.after, blocks, step);
  return {
    // What is done again is not gone on with.
    history: { done: [...history.done, { ...now, burst: undefined }], undone: history.undone.slice(0, -1) },
    blocks: forth,
    knobs: step.knobs?.after,
    touched: differing(forth, blocks),
  };
}

function restored(target: readonly EditedBlock[], now: readonly EditedBlock[], step: Step): readonly EditedBlock[] {
  const current = new Map(now.map((block) => [block.key, block]));
  return target.map((block) => (step.rewritten.includes(block.key) ? block : (current.get(block.key) ?? block)));
}

function differing(blocks: readonly EditedBlock[], before: readonly EditedBlock[]): string[] {
  const known = new Set(before);
  return blocks.filter((block) => !known.has(block)).map(({ key }) => key);
}
