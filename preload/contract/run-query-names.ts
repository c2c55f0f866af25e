/** A query may name what no run has: a slip finds nothing and would otherwise say nothing. */
import { nearest } from './nearest.ts';
import { type Mention, QueryError } from './run-query.ts';
import { queryWord } from './run-query-completion.ts';
import type { MessageKey } from './words/message.ts';

export interface KnownNames {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly tags: readonly string[];
}

const codes = {
  param: ['query.paramOfNoRun', 'query.paramOfNoRunNear'],
  metric: ['query.metricOfNoRun', 'query.metricOfNoRunNear'],
  tag: ['query.tagOfNoRun', 'query.tagOfNoRunNear'],
} as const satisfies Record<Mention['kind'], readonly [MessageKey, MessageKey]>;

/**
 * What a query names that no run has, each at its column with the name that was meant, if one is near. These are to be
 * told, not thrown: the query is right, and the first run to have the name may be about to start.
 */
export function unknownNames(mentions: readonly Mention[], { params, metrics, tags }: KnownNames): QueryError[] {
  const known = { param: params, metric: metrics, tag: tags };
  return mentions
    .filter(({ kind, name }) => !known[kind].includes(name))
    .map(({ kind, name, column }) => {
      const near = meant(kind, name, known);
      const [alone, withNear] = codes[kind];
      return near === undefined ? new QueryError(alone, { found: name }, column) : new QueryError(withNear, { found: name, near }, column);
    });
}

/** As it is written in a query. A param that is a metric, or the other way round, is meant before what is only alike. */
function meant(kind: Mention['kind'], name: string, known: Record<Mention['kind'], readonly string[]>): string | undefined {
  if (kind === 'tag') return quoted(nearest(name, known.tag));
  const other = kind === 'param' ? 'metric' : 'param';
  if (known[other].includes(name)) return `${other}s.${queryWord(name)}`;
  const near = quoted(nearest(name, known[kind]));
  return near === undefined ? undefined : `${kind}s.${near}`;
}

const quoted = (name: string | undefined): string | undefined => (name === undefined ? undefined : queryWord(name));
