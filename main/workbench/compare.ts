/** Runs side by side: what differs between them. */
import type { Comparison, RunSummary } from '#contract/runs.ts';
import type { Json, KnobValue, Spec } from '#contract/spec.ts';
import { seedNoiseOf } from './seed-noise.ts';

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `train.optimizer.config.learningRate` and so on. A list of plain values, such as a kernel's size, is one value. */
function flatten(value: Json, path: string, into: Map<string, Json>): void {
  const entries = Array.isArray(value) ? (value.some((item) => typeof item === 'object') ? value.entries() : undefined) : undefined;
  if (entries) for (const [index, item] of entries) flatten(item, `${path}.${index}`, into);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) flatten(item, path === '' ? name : `${path}.${name}`, into);
  } else into.set(path, value);
}

function settingsOf(spec: Spec | undefined): Map<string, Json> {
  const settings = new Map<string, Json>();
  if (!spec) return settings;
  const { data, model, train } = spec;
  flatten({ data, model, train }, '', settings);
  return settings;
}

const allKeys = (records: readonly Readonly<Record<string, unknown>>[]): string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
];
const allEqual = (values: readonly unknown[]): boolean => values.every((value) => JSON.stringify(value) === JSON.stringify(values[0]));

export interface ComparedRun {
  readonly summary: RunSummary;
  /** An imported run has none. */
  readonly spec: Spec | undefined;
  /** Completed runs that differ from it only by the seed; it is one of them where it completed. */
  readonly repeats: readonly RunSummary[];
}

export function compareRuns(compared: readonly ComparedRun[]): Comparison {
  const runs = compared.map(({ summary }) => summary);
  const params: Record<string, (KnobValue | null)[]> = {};
  for (const name of allKeys(runs.map((run) => run.params))) {
    const values = runs.map((run) => run.params[name] ?? null);
    if (!allEqual(values)) params[name] = values;
  }
  const metrics: Comparison['metrics'] = {};
  for (const name of allKeys(runs.map((run) => run.metrics))) metrics[name] = runs.map((run) => run.metrics[name] ?? null);

  const flat = compared.map(({ spec }) => settingsOf(spec));
  const settings: Comparison['settings'] = [];
  let equalSettings = 0;
  for (const path of new Set(flat.flatMap((values) => [...values.keys()]))) {
    const values = flat.map((ofRun) => ofRun.get(path));
    if (allEqual(values)) equalSettings++;
    else settings.push({ path, values });
  }
  const noise = seedNoiseOf(compared);
  return { runs, params, metrics, settings, equalSettings, ...(noise && { noise }) };
}
