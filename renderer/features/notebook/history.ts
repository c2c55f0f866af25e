/**
 * Undo and redo of a notebook's structure. A step keeps the blocks before and after, but what is undone is only
 * what the step changed: text typed into other blocks since then stays.
 */
import type { EditedBlock } from './blocks.ts';

export interface Step {
  readonly before: readonly EditedBlock[];
  readonly after: readonly EditedBlock[];
  /** Keys of blocks whose text the step changed; others keep the text they have now. */
  readonly rewritten: readonly string[];
}

export interface History {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const noHistory: History = { done: [], undone: [] };
const limit = 200;

export function record(history: History, step: Step): History {
  return { done: [...history.done, step].slice(-limit), undone: [] };
}

export function undo(history: History, blocks: readonly EditedBlock[]): { history: History; blocks: readonly EditedBlock[] } | undefined {
  const step = history.done.at(-1);
  if (!step) return undefined;
  const now = { ...step, after: blocks };
  return { history: { done: history.done.slice(0, -1), undone: [...history.undone, now] }, blocks: restored(step.before, blocks, step) };
}

export function redo(history: History, blocks: readonly EditedBlock[]): { history: History; blocks: readonly EditedBlock[] } | undefined {
  const step = history.undone.at(-1);
  if (!step) return undefined;
  const now = { ...step, before: blocks };
  return { history: { done: [...history.done, now], undone: history.undone.slice(0, -1) }, blocks: restored(step.after, blocks, step) };
}

function restored(target: readonly EditedBlock[], now: readonly EditedBlock[], step: Step): readonly EditedBlock[] {
  const current = new Map(now.map((block) => [block.key, block]));
  return target.map((block) => (step.rewritten.includes(block.key) ? block : (current.get(block.key) ?? block)));
}
