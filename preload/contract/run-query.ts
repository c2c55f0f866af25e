/**
 * The language of `runs --where` and of the search box: `status = completed and metrics.val_loss.min < 0.4`. One source
 * for the core and the page, without I/O and without the validator.
 *
 *     expression = and { "or" and }          and = not { "and" not }          not = "not" not | "(" expression ")" | comparison
 *     comparison = field operator value | field [ "not" ] "in" "(" value { "," value } ")"
 *     operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "has"
 *
 * Fields: id, name, notebook, status, reason, backend, threads, seed, epochs, elapsedMs, startedAt, endedAt, samples, parameters, data,
 * note, tags, archived, baseline, imported (the tool it comes from), sweep (the search's name), params.NAME and metrics.NAME.{last, best, atBest, min, max, bestEpoch, minEpoch, maxEpoch} (metrics.NAME alone is its last value; the best is
 * the lowest or the highest, as `betterOf` says). A part of a name that is not a plain word stands in quotes. `~` finds
 * a text within a text, upper and lower case alike; `tags = x`, also written `tags has x`, holds where one of the tags
 * is x. `in` holds where one of its values would with `=`, `not in` where all of them would with `!=`. startedAt and endedAt
 * are compared with a date or a time of the machine's clock, as long as it is written: `startedAt >= 2026-11-20`, `startedAt
 * = 2026-11`, `endedAt < 2026-11-20T18:30`; also with `today`, `yesterday` and `now-90m` (m, h, d and w: minutes to weeks),
 * as they are when the query is read. A run without the field never matches a comparison, whichever way round it is put.
 *
 * A search is the same language and takes more: comparisons side by side are joined by `and`, a word that is no
 * comparison is looked for in the run's texts, and a param or a metric (its best value) goes by its bare name:
 * `otter filters>=8 val_accuracy>0.86`.
 */
import { betterOf } from './metric-direction.ts';
import { nearest } from './nearest.ts';
import { type Period, periodOf } from './period.ts';
import type { MetricSummary, RunSummary } from './runs.ts';
import type { MessageKey, MessageValues } from './words/message.ts';

export type RunFilter = (run: RunSummary) => boolean;

/** A param, a metric or a tag as a query names it. */
export interface Mention {
  readonly kind: 'param' | 'metric' | 'tag';
  readonly name: string;
  /** From 1. */
  readonly column: number;
}

export interface Query {
  readonly filter: RunFilter;
  /** What it names that runs may have or not, for `unknownNames`. */
  readonly mentions: readonly Mention[];
}

type Scalar = string | number | boolean;
type Read = (run: RunSummary) => Scalar | readonly string[] | undefined;

interface Token {
  readonly type: 'word' | 'string' | 'number' | 'operator' | 'mark' | 'end';
  readonly text: string;
  /** From 1. */
  readonly column: number;
  /** Index after its last character. */
  readonly end: number;
}

const plainFields = {
  id: (run) => run.id,
  name: (run) => run.name,
  notebook: (run) => run.notebook,
  status: (run) => run.status,
  reason: (run) => run.reason,
  backend: (run) => run.backend,
  seed: (run) => run.seed,
  epochs: (run) => run.epochs,
  elapsedMs: (run) => run.elapsedMs,
  parameters: (run) => run.parameters,
  note: (run) => run.note,
  data: (run) => run.dataHash,
  threads: (run) => run.threads,
  tags: (run) => run.tags,
  startedAt: (run) => run.startedAt,
  endedAt: (run) => run.endedAt,
  samples: (run) => run.samples.train + run.samples.validation,
  archived: (run) => run.archivedAt !== undefined,
  baseline: (run) => run.baseline === true,
  imported: (run) => run.imported?.tool,
  sweep: (run) => run.sweep?.name,
} satisfies Record<string, Read>;

const moments: ReadonlySet<Read> = new Set([plainFields.startedAt, plainFields.endedAt]);

const metricParts = {
  last: (_name, summary) => summary.last,
  best: (name, summary) => summary[betterOf(name)],
  min: (_name, summary) => summary.min,
  max: (_name, summary) => summary.max,
  atBest: (_name, summary) => summary.atBest ?? Number.NaN,
  bestEpoch: (name, summary) => (betterOf(name) === 'min' ? summary.minEpoch : summary.maxEpoch),
  minEpoch: (_name, summary) => summary.minEpoch,
  maxEpoch: (_name, summary) => summary.maxEpoch,
} satisfies Record<string, (name: string, summary: MetricSummary) => number>;
type MetricPart = keyof typeof metricParts;

export const queryFields: readonly string[] = Object.keys(plainFields);
export const queryMetricParts = Object.keys(metricParts) as readonly MetricPart[];
const maxDepth = 100;

/** What is wrong with a query, and where. */
export class QueryError extends Error {
  readonly code: MessageKey;
  readonly values: MessageValues;
  /** From 1. */
  readonly column: number;

  constructor(code: MessageKey, values: MessageValues, column: number) {
    super(code);
    this.name = 'QueryError';
    this.code = code;
    this.values = values;
    this.column = column;
  }
}

function fail(column: number, key: MessageKey, values: MessageValues = {}): never {
  throw new QueryError(key, values, column);
}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d{4}-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)?(?![\p{L}\p{N}_-]))|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_]))|(<=|>=|!=|==|[=<>~])|([().,])|([\p{L}\p{N}_][\p{L}\p{N}_-]*))/uy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (!match) break;
    const [whole, quoted, date, number, operator, mark, word] = match;
    const found = quoted ?? date ?? number ?? operator ?? mark ?? word;
    const column = at + whole.length - found.length + 1;
    at += whole.length;
    if (quoted !== undefined) tokens.push({ type: 'string', text: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1'), column, end: at });
    else if (date !== undefined) tokens.push({ type: 'string', text: date, column, end: at });
    else if (number !== undefined) tokens.push({ type: 'number', text: number, column, end: at });
    else if (operator !== undefined) tokens.push({ type: 'operator', text: operator, column, end: at });
    else if (mark !== undefined) tokens.push({ type: 'mark', text: mark, column, end: at });
    else tokens.push({ type: 'word', text: word, column, end: at });
  }
  const rest = text.slice(at).trimStart();
  const column = text.length - rest.length + 1;
  if (rest !== '') fail(column, /^["']/.test(rest) ? 'query.openQuote' : 'query.unknownMark', { found: rest[0] });
  tokens.push({ type: 'end', text: '', column: text.length + 1, end: text.length });
  return tokens;
}

function compare(operator: string, found: Scalar, wanted: Scalar): boolean {
  if (operator === '~') return String(found).toLowerCase().includes(String(wanted).toLowerCase());
  // A number is compared as one, a text as one; `params.units = "8"` and `= 8` both find the number 8.
  const isText = typeof found === 'string' || typeof found === 'boolean';
  const left = isText ? String(found) : found;
  const right = isText ? String(wanted) : Number(wanted);
  switch (operator) {
    case '=':
    case '==':
      return left === right || (Number.isNaN(left) && String(wanted).toLowerCase() === 'nan');
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function compareMoment(operator: string, found: number, { from, to }: Period): boolean {
  switch (operator) {
    case '<':
      return found < from;
    case '<=':
      return found < to;
    case '>':
      return found >= to;
    case '>=':
      return found >= from;
    default:
      return (found >= from && found < to) === (operator !== '!=');
  }
}

/** What a search knows beside the language. */
export interface SearchNames {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** Whether a run's texts hold a word, which is in lower case. */
  readonly holds: (run: RunSummary, word: string) => boolean;
}

const joins = /[=<>~()"']|(?:^|\s)(?:and|or|not|has)(?:\s|$)/i;

/** What a person types into the search box. Throws `QueryError`. No text finds every run. */
export function parseSearch(text: string, names: SearchNames): Query {
  // Words alone may hold any mark: `50%`, `clothes/first.epoch.md`.
  if (joins.test(text)) return parse(text, names);
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return { filter: (run) => words.every((word) => names.holds(run, word)), mentions: [] };
}

/** Throws `QueryError`. */
export function parseQuery(text: string): Query {
  return parse(text, undefined);
}

function parse(text: string, search: SearchNames | undefined): Query {
  const tokens = tokenize(text);
  const mentions: Mention[] = [];
  let position = 0;
  let depth = 0;

  const peek = () => tokens[position];
  const isWord = (token: Token, word: string) => token.type === 'word' && token.text.toLowerCase() === word;
  const isMark = (token: Token, mark: string) => token.type === 'mark' && token.text === mark;

  function accept(test: (token: Token) => boolean): Token | undefined {
    const token = peek();
    if (!test(token)) return undefined;
    position++;
    return token;
  }

  function expected(wanted: MessageKey): never {
    const { type, text: found, column } = peek();
    if (type === 'end') fail(column, 'query.endTooSoon');
    fail(column, wanted, { found });
  }

  function namePart(): Token {
    return accept((token) => token.type === 'word' || token.type === 'string' || token.type === 'number') ?? expected('query.wantsName');
  }

  function field(): Read {
    const start = accept((token) => token.type === 'word') ?? expected('query.wantsField');
    const parts: Token[] = [];
    while (accept((token) => isMark(token, '.'))) parts.push(namePart());
    if (start.text === 'params') {
      const [name, extra] = parts;
      if (!name || extra) fail((extra ?? start).column, 'query.wantsParam');
      mentions.push({ kind: 'param', name: name.text, column: name.column });
      return (run) => run.params[name.text];
    }
    if (start.text === 'metrics') {
      const [name, part, extra] = parts;
      if (!name || extra) fail((extra ?? start).column, 'query.wantsMetric');
      const key = part?.text ?? 'last';
      if (part && !Object.hasOwn(metricParts, key))
        fail(part.column, 'query.unknownPart', { found: key, known: queryMetricParts.join(', ') });
      mentions.push({ kind: 'metric', name: name.text, column: name.column });
      return metric(name.text, key as MetricPart);
    }
    const bare = search && !parts[0] && !Object.hasOwn(plainFields, start.text) ? bareName(start.text, search) : undefined;
    if (bare) return bare;
    if (parts[0]) fail(parts[0].column, 'query.noParts', { field: start.text });
    const read = plainFields[start.text as keyof typeof plainFields] as Read | undefined;
    if (!read || !Object.hasOwn(plainFields, start.text)) {
      const known = [...queryFields, 'params', 'metrics', ...(search?.params ?? []), ...(search?.metrics ?? [])];
      const near = nearest(start.text, known);
      if (near === undefined) fail(start.column, 'query.unknownField', { found: start.text, known: known.join(', ') });
      fail(start.column, 'query.unknownFieldNear', { found: start.text, near });
    }
    return read;
  }

  function metric(name: string, part: MetricPart): Read {
    return (run) => {
      const summary = run.metrics[name];
      return summary && metricParts[part](name, summary);
    };
  }

  /** A param or a metric of a search by its name alone, in any case. */
  function bareName(name: string, { params, metrics }: SearchNames): Read | undefined {
    const wanted = name.toLowerCase();
    const same = (other: string) => other.toLowerCase() === wanted;
    const param = params.find(same);
    if (param !== undefined) return (run) => run.params[param];
    const found = metrics.find(same);
    if (found !== undefined) return metric(found, 'best');
    const field = queryFields.find(same);
    return field === undefined ? undefined : plainFields[field as keyof typeof plainFields];
  }

  /** `in` is the beginning of a list only before one: a search may hold the word. */
  const isIn = (at: number): boolean => isWord(tokens[at], 'in') && isMark(tokens[at + 1], '(');

  /** In a search, a name that no operator follows is a word to look for. */
  function freeWord(): RunFilter | undefined {
    if (!search) return undefined;
    let after = position + 1;
    const first = peek();
    if (first.type !== 'word' && first.type !== 'string' && first.type !== 'number') return undefined;
    while (isMark(tokens[after], '.') && tokens[after + 1].type !== 'end') after += 2;
    const next = tokens[after];
    if (next.type === 'operator' || isWord(next, 'has') || isIn(after) || (isWord(next, 'not') && isIn(after + 1))) return undefined;
    const word = (after === position + 1 ? first.text : text.slice(first.column - 1, tokens[after - 1].end)).toLowerCase();
    position = after;
    return (run) => search.holds(run, word);
  }

  function value(): Token {
    return accept(({ type }) => type === 'number' || type === 'string' || type === 'word') ?? expected('query.wantsValue');
  }

  /** One of the values or, where it is said, none of them. */
  function list(read: Read): RunFilter {
    const isNot = accept((token) => isWord(token, 'not')) !== undefined;
    position += 2;
    const all: RunFilter[] = [];
    do all.push(against(read, isNot ? '!=' : '=', value()));
    while (accept((token) => isMark(token, ',')));
    if (!accept((token) => isMark(token, ')'))) expected('query.wantsListEnd');
    return (run) => (isNot ? all.every((filter) => filter(run)) : all.some((filter) => filter(run)));
  }

  function against(read: Read, operator: string, token: Token): RunFilter {
    if (moments.has(read)) {
      const period = periodOf(token.text);
      if (!period) fail(token.column, 'query.wantsDate', { found: token.text });
      return (run) => {
        const found = read(run);
        return typeof found === 'number' && compareMoment(operator, found, period);
      };
    }
    const wanted = token.type === 'number' ? Number(token.text) : token.text;
    if (read === plainFields.tags && (operator === '=' || operator === '==' || operator === '!=')) {
      mentions.push({ kind: 'tag', name: String(wanted), column: token.column });
    }
    return (run) => {
      const found = read(run);
      if (found === undefined) return false;
      if (typeof found !== 'object') return compare(operator, found, wanted);
      return operator === '!=' ? !found.includes(String(wanted)) : found.some((item) => compare(operator, item, wanted));
    };
  }

  function comparison(): RunFilter {
    const word = freeWord();
    if (word) return word;
    const read = field();
    if (isIn(position) || (isWord(peek(), 'not') && isIn(position + 1))) return list(read);
    if (accept((token) => isWord(token, 'in'))) expected('query.wantsList');
    const given = accept((token) => token.type === 'operator' || isWord(token, 'has')) ?? expected('query.wantsOperator');
    const operator = given.type === 'word' ? '=' : given.text;
    if (operator === '~' && moments.has(read)) fail(given.column, 'query.wantsDate', { found: operator });
    return against(read, operator, value());
  }

  function not(): RunFilter {
    if (++depth > maxDepth) fail(peek().column, 'query.tooDeep');
    try {
      if (accept((token) => isWord(token, 'not'))) {
        const inner = not();
        return (run) => !inner(run);
      }
      if (!accept((token) => isMark(token, '('))) return comparison();
      const inner = or();
      if (!accept((token) => isMark(token, ')'))) expected('query.wantsClosing');
      return inner;
    } finally {
      depth--;
    }
  }

  function and(): RunFilter {
    const all = [not()];
    const isNext = (token: Token) => search !== undefined && token.type !== 'end' && !isWord(token, 'or') && !isMark(token, ')');
    while (accept((token) => isWord(token, 'and')) || isNext(peek())) all.push(not());
    return (run) => all.every((filter) => filter(run));
  }

  function or(): RunFilter {
    const any = [and()];
    while (accept((token) => isWord(token, 'or'))) any.push(and());
    return (run) => any.some((filter) => filter(run));
  }

  const filter = or();
  if (peek().type !== 'end') fail(peek().column, 'query.wantsJoin', { found: peek().text });
  return { filter, mentions };
}
