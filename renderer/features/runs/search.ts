/** Search as one types: the language of `#contract/run-query.ts`, over the runs that are loaded. */
import { parseSearch, type Query, QueryError, type SearchNames } from '#contract/run-query.ts';
import type { QueryNames } from '#contract/run-query-completion.ts';
import type { RunSummary } from '#contract/runs.ts';

/** Names in the runs, for bare names and completion. Values are gathered when they are asked for. */
export function namesOf(runs: readonly RunSummary[]): QueryNames {
  const params = new Set<string>();
  const metrics = new Set<string>();
  const tags = new Set<string>();
  for (const run of runs) {
    for (const name in run.params) params.add(name);
    for (const name in run.metrics) metrics.add(name);
    for (const tag of run.tags) tags.add(tag);
  }
  return {
    params: [...params],
    metrics: [...metrics],
    tags: [...tags].sort((a, b) => a.localeCompare(b)),
    valuesOf: (field) => {
      const param = field.startsWith('params.') ? field.slice('params.'.length).replaceAll('"', '') : params.has(field) ? field : undefined;
      const read = param !== undefined ? (run: RunSummary) => run.params[param] : own[field];
      if (!read) return [];
      const values = new Set<string>();
      for (const run of runs) {
        const value = read(run);
        if (value !== undefined && value !== '') values.add(String(value));
        if (values.size >= 200) break;
      }
      return [...values].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    },
  };
}

const own: Record<string, (run: RunSummary) => string | number | undefined> = {
  status: (run) => run.status,
  reason: (run) => run.reason,
  notebook: (run) => run.notebook,
  backend: (run) => run.backend,
  name: (run) => run.name,
  imported: (run) => run.imported?.tool,
  sweep: (run) => run.sweep?.name,
  seed: (run) => run.seed,
};

/** Lower-case texts of a run, made once: a search looks at 10,000 of them with every key. */
const texts = new WeakMap<RunSummary, string>();

function textOf(run: RunSummary): string {
  let text = texts.get(run);
  if (text === undefined) {
    text = [
      run.name,
      run.notebook,
      run.id,
      run.note,
      run.status,
      run.backend,
      ...run.tags,
      ...Object.keys(run.params),
      ...Object.keys(run.metrics),
    ]
      .join('\n')
      .toLowerCase();
    texts.set(run, text);
  }
  return text;
}

export type Search = Query | { readonly error: QueryError };

/** `stateWord` is a run's state in the screen's language, searched like its name. */
export function makeSearch(query: string, names: Pick<SearchNames, 'params' | 'metrics'>, stateWord: (run: RunSummary) => string): Search {
  try {
    return parseSearch(query, {
      params: names.params,
      metrics: names.metrics,
      holds: (run, word) => textOf(run).includes(word) || stateWord(run).toLowerCase().includes(word),
    });
  } catch (error) {
    if (error instanceof QueryError) return { error };
    throw error;
  }
}
