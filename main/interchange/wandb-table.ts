/**
 * The table of a project's runs that W&B's guide to its public API writes: `name`, and as Python or JSON `config` and
 * `summary`, each metric's last value. https://docs.wandb.ai/guides/track/public-api-guide
 */
import { promises as disk } from 'node:fs';
import { EpochbookError } from '#contract/errors.ts';
import type { KnobValue } from '#contract/spec.ts';
import { foundRun, type FoundRun } from './found-run.ts';
import { readPythonLiteral } from './python-literal.ts';
import { Points } from './series.ts';
import type { Table } from './tables.ts';
import { addSetting } from './wandb.ts';

type Mapping = Readonly<Record<string, unknown>>;

export const isWandbRuns = (names: readonly string[]): boolean => ['name', 'config', 'summary'].every((name) => names.includes(name));

function mapping(text: string): Mapping | undefined {
  for (const read of [JSON.parse, readPythonLiteral]) {
    try {
      const value: unknown = read(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
    } catch {
      // The other one may know it.
    }
  }
  return undefined;
}

/** Numbers by their paths; W&B's own begin with `_`. */
function addNumbers(points: Map<string, Points>, prefix: string, values: Mapping, step: number, time: number): void {
  for (const [name, value] of Object.entries(values)) {
    if (prefix === '' && name.startsWith('_')) continue;
    if (typeof value === 'number') {
      const single = new Points();
      single.add(step, value, time);
      points.set(prefix + name, single);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      addNumbers(points, `${prefix}${name}.`, value as Mapping, step, time);
  }
}

const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);

export async function readWandbRuns({ file, names, rows }: Table): Promise<FoundRun[]> {
  const [name, config, summary, id] = ['name', 'config', 'summary', 'id'].map((column) => names.indexOf(column));
  const { mtimeMs } = await disk.stat(file);
  const found: FoundRun[] = [];
  const findings: EpochbookError[] = [];
  const keys = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const settings = mapping(row[config] ?? '');
    const values = mapping(row[summary] ?? '');
    if (!settings || !values) {
      findings.push(new EpochbookError('interchange.lineCut', { path: file, line: index + 2 }));
      continue;
    }
    const params: Record<string, KnobValue> = {};
    for (const [key, value] of Object.entries(settings)) if (!key.startsWith('_')) addSetting(params, key, value);
    const endedAt = numberOr(values['_timestamp'], Number.NaN) * 1000;
    const took = numberOr(values['_runtime'], 0) * 1000;
    const points = new Map<string, Points>();
    addNumbers(points, '', values, Math.max(0, Math.round(numberOr(values['_step'], 0))), endedAt);
    const label = row[name] ?? '';
    // Names may be the same, and the guide's table has nothing else to tell runs by.
    let key = id < 0 ? label : row[id];
    for (let number = 2; keys.has(key); number++) key = `${label}-${number}`;
    keys.add(key);
    const run = {
      tool: 'wandb' as const,
      path: file,
      key,
      name: label || key,
      status: 'completed' as const,
      startedAt: Number.isFinite(endedAt) ? endedAt - took : mtimeMs,
      endedAt: Number.isFinite(endedAt) ? endedAt : mtimeMs + took,
      params,
      tags: [],
      note: '',
    };
    found.push(foundRun(run, points, []));
  }
  if (findings.length > 0 && found[0]) found[0] = { ...found[0], findings };
  else if (findings[0]) throw findings[0];
  return found;
}
