/**
 * The language of `runs --where`: `status = completed and metrics.val_loss.min < 0.4`.
 *
 *     expression = and { "or" and }          and = not { "and" not }          not = "not" not | "(" expression ")" | comparison
 *     comparison = field operator value      operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "has"
 *
 * Fields: id, name, notebook, status, reason, backend, seed, epochs, elapsedMs, parameters, note, tags, params.NAME and
 * metrics.NAME.{last, min, max, minEpoch, maxEpoch} (metrics.NAME alone is its last value). A part of a name that is
 * not a plain word stands in quotes. `~` finds a text within a text, upper and lower case alike; `tags = x`, also
 * written `tags has x`, holds where one of the tags is x. A run without the field never matches a comparison, whichever
 * way round it is put.
 */
import { EpochbookError } from '#contract/errors.ts';
import { nearest } from '#contract/nearest.ts';
import type { MetricSummary, RunSummary } from '#contract/runs.ts';
import type { MessageKey, MessageValues } from '#contract/words/message.ts';

export type RunFilter = (run: RunSummary) => boolean;

type Scalar = string | number | boolean;
type Read = (run: RunSummary) => Scalar | readonly string[] | undefined;

interface Token {
  readonly type: 'word' | 'string' | 'number' | 'operator' | 'mark' | 'end';
  readonly text: string;
  /** From 1. */
  readonly column: number;
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
  tags: (run) => run.tags,
} satisfies Record<string, Read>;

const summaryParts: readonly (keyof MetricSummary)[] = ['last', 'min', 'max', 'minEpoch', 'maxEpoch'];
const maxDepth = 100;

function fail(column: number, key: MessageKey, values: MessageValues = {}): never {
  throw new EpochbookError(key, values, { where: { line: 1, column } });
}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_]))|(<=|>=|!=|==|[=<>~])|([().])|([\p{L}\p{N}_][\p{L}\p{N}_-]*))/uy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (!match) break;
    const [whole, quoted, number, operator, mark, word] = match;
    const found = quoted ?? number ?? operator ?? mark ?? word;
    const column = at + whole.length - found.length + 1;
    at += whole.length;
    if (quoted !== undefined) tokens.push({ type: 'string', text: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1'), column });
    else if (number !== undefined) tokens.push({ type: 'number', text: number, column });
    else if (operator !== undefined) tokens.push({ type: 'operator', text: operator, column });
    else if (mark !== undefined) tokens.push({ type: 'mark', text: mark, column });
    else tokens.push({ type: 'word', text: word, column });
  }
  const rest = text.slice(at).trimStart();
  const column = text.length - rest.length + 1;
  if (rest !== '') fail(column, /^["']/.test(rest) ? 'query.openQuote' : 'query.unknownMark', { found: rest[0] });
  tokens.push({ type: 'end', text: '', column: text.length + 1 });
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

/** Throws `query.*` errors, whose `where` is the column in `text`. */
export function parseQuery(text: string): RunFilter {
  const tokens = tokenize(text);
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
      return (run) => run.params[name.text];
    }
    if (start.text === 'metrics') {
      const [name, part, extra] = parts;
      if (!name || extra) fail((extra ?? start).column, 'query.wantsMetric');
      const key = (part?.text ?? 'last') as keyof MetricSummary;
      if (!summaryParts.includes(key)) fail(part.column, 'query.unknownPart', { found: key, known: summaryParts.join(', ') });
      return (run) => run.metrics[name.text]?.[key];
    }
    if (parts[0]) fail(parts[0].column, 'query.noParts', { field: start.text });
    const read = plainFields[start.text as keyof typeof plainFields] as Read | undefined;
    if (!read || !Object.hasOwn(plainFields, start.text)) {
      const known = [...Object.keys(plainFields), 'params', 'metrics'];
      const near = nearest(start.text, known);
      if (near === undefined) fail(start.column, 'query.unknownField', { found: start.text, known: known.join(', ') });
      fail(start.column, 'query.unknownFieldNear', { found: start.text, near });
    }
    return read;
  }

  function value(): Scalar {
    const token = accept(({ type }) => type === 'number' || type === 'string' || type === 'word') ?? expected('query.wantsValue');
    return token.type === 'number' ? Number(token.text) : token.text;
  }

  function comparison(): RunFilter {
    const read = field();
    const given = accept((token) => token.type === 'operator' || isWord(token, 'has')) ?? expected('query.wantsOperator');
    const operator = given.type === 'word' ? '=' : given.text;
    const wanted = value();
    return (run) => {
      const found = read(run);
      if (found === undefined) return false;
      if (typeof found !== 'object') return compare(operator, found, wanted);
      return operator === '!=' ? !found.includes(String(wanted)) : found.some((item) => compare(operator, item, wanted));
    };
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
    while (accept((token) => isWord(token, 'and'))) all.push(not());
    return (run) => all.every((filter) => filter(run));
  }

  function or(): RunFilter {
    const any = [and()];
    while (accept((token) => isWord(token, 'or'))) any.push(and());
    return (run) => any.some((filter) => filter(run));
  }

  const filter = or();
  if (peek().type !== 'end') fail(peek().column, 'query.wantsJoin', { found: peek().text });
  return filter;
}

/** Runs by a metric, lowest first by its `min` where lower is better (losses and errors), else highest first by its `max`. Runs without it come last. */
export function sortByMetric(runs: readonly RunSummary[], metric: string): RunSummary[] {
  const higherIsBetter = /accuracy|precision|recall|auc|f1|r2|score/i.test(metric);
  const key = (run: RunSummary): number => {
    const summary = run.metrics[metric];
    const value = summary ? (higherIsBetter ? -summary.max : summary.min) : Number.NaN;
    return Number.isNaN(value) ? Infinity : value;
  };
  return runs
    .map((run, index) => ({ run, index, key: key(run) }))
    .sort((a, b) => (a.key === b.key ? a.index - b.index : a.key - b.key))
    .map(({ run }) => run);
}
