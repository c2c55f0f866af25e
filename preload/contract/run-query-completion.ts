/** What may stand at a place of a query (`run-query.ts`), for completion as one types. */
import { queryFields, queryMetricParts } from './run-query.ts';

export interface QueryNames {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  readonly tags: readonly string[];
  /** Values that a field (`status`) or a param (`params.activation`) has anywhere. */
  readonly valuesOf: (field: string) => readonly string[];
}

export type CompletionKind = 'field' | 'param' | 'metric' | 'part' | 'operator' | 'value' | 'join';

export interface Completion {
  /** As it is inserted, without the space after it. */
  readonly text: string;
  readonly kind: CompletionKind;
}

export interface Completions {
  /** Indexes of what is replaced. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

const orderOperators = ['=', '!=', '<', '<=', '>', '>=', 'in ('];
const textOperators = ['=', '!=', '~', 'in ('];
const moments = new Set(['startedAt', 'endedAt']);
const times = ['today', 'yesterday', 'now-24h', 'now-7d'];
const textFields = new Set(['id', 'name', 'notebook', 'status', 'reason', 'backend', 'note', 'data', 'imported', 'sweep']);
const yesOrNo = new Set(['archived', 'baseline']);
const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const path = String.raw`[\p{L}_][\p{L}\p{N}_-]*(?:\.(?:[\p{L}\p{N}_-]+|${quoted}))*`;
const operator = String.raw`(?:<=|>=|!=|==|[=<>~]|has(?=\s))`;
const afterOperator = new RegExp(String.raw`(${path})\s*${operator}\s*("[^"]*|[^\s"()=<>~!]*)$`, 'iu');
const inList = String.raw`\s+(?:not\s+)?in\s*\((?:\s*(?:"[^"]*"|[^\s"(),]+)\s*,)*`;
const afterListed = new RegExp(String.raw`(${path})${inList}\s*("[^"]*|[^\s"(),]*)$`, 'iu');
const afterField = new RegExp(String.raw`(${path})\s+([=<>!~]*|ha?s?|in?)$`, 'iu');
const atName = new RegExp(String.raw`(?:^|[\s(])([\p{L}_][\p{L}\p{N}_-]*(?:\.(?:[\p{L}\p{N}_-]*|"[^"]*"?))*|)$`, 'u');

/** In quotes where it is not a plain word or number. */
export function queryWord(text: string): string {
  return /^(?:[\p{L}\p{N}_][\p{L}\p{N}_-]*|[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?)$/u.test(text) && !/^(?:and|or|not|has|in)$/i.test(text)
    ? text
    : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** What fits before the caret, the likeliest first; at most `limit`. */
export function completeQuery(text: string, caret: number, names: QueryNames, limit = 12): Completions {
  const before = text.slice(0, caret);
  const nothing: Completions = { from: caret, to: caret, options: [] };
  const offer = (typed: string, options: readonly Completion[]): Completions => {
    const wanted = typed.replaceAll('"', '').toLowerCase();
    const bare = (option: Completion): string => option.text.replaceAll('"', '').toLowerCase();
    const fitting = options.filter((option) => bare(option).includes(wanted) && option.text !== typed);
    fitting.sort((a, b) => Number(bare(b).startsWith(wanted)) - Number(bare(a).startsWith(wanted)));
    return { from: caret - typed.length, to: caret, options: fitting.slice(0, limit) };
  };

  const value = afterListed.exec(before) ?? afterOperator.exec(before);
  if (value) {
    const [, field = '', typed = ''] = value;
    const known =
      field === 'tags' ? names.tags : yesOrNo.has(field) ? ['true', 'false'] : moments.has(field) ? times : names.valuesOf(field);
    return offer(
      typed,
      known.map((one) => ({ text: queryWord(one), kind: 'value' })),
    );
  }

  const operatorPlace = afterField.exec(before);
  if (operatorPlace) {
    const [, field = '', typed = ''] = operatorPlace;
    const known =
      /^(?:params|metrics)\./.test(field) || queryFields.includes(field) || names.params.includes(field) || names.metrics.includes(field);
    // After a value stands a word that joins; a name that is the value of a comparison is no field.
    const isValue = new RegExp(String.raw`${operator}\s*${path}\s+\S*$`, 'iu').test(before);
    if (known && !isValue) {
      const operators =
        field === 'tags'
          ? ['has', '=', '!=', 'in (']
          : yesOrNo.has(field)
            ? ['=', '!=']
            : textFields.has(field)
              ? textOperators
              : orderOperators;
      return offer(
        typed,
        operators.map((one) => ({ text: one, kind: 'operator' })),
      );
    }
  }

  const name = atName.exec(before);
  if (!name) return nothing;
  const typed = name[1] ?? '';
  const begun = before.slice(0, before.length - typed.length);
  const afterValue = /[=<>~]\s*(?:"[^"]*"|[^\s"()=<>~!]+)\s+$|\bhas\s+(?:"[^"]*"|\S+)\s+$|\)\s*$/u.test(begun);
  if (typed === '' && !afterValue && begun.trim() !== '' && !/(?:^|\s|\()(?:and|or|not)\s+$|\(\s*$/iu.test(begun)) return nothing;
  const joins: Completion[] = afterValue
    ? [
        { text: 'and', kind: 'join' },
        { text: 'or', kind: 'join' },
      ]
    : [];
  if (afterValue && typed === '') return offer(typed, joins);
  const dotted = /^metrics\.([\p{L}\p{N}_-]+|"[^"]*")\.[\p{L}]*$/u.exec(typed);
  if (dotted) {
    return offer(
      typed,
      queryMetricParts.map((part) => ({ text: `metrics.${dotted[1]}.${part}`, kind: 'part' })),
    );
  }
  return offer(typed, [
    ...joins,
    ...names.params.map((param): Completion => ({ text: `params.${queryWord(param)}`, kind: 'param' })),
    ...names.metrics.flatMap((metric): Completion[] => [
      { text: `metrics.${queryWord(metric)}.best`, kind: 'metric' },
      { text: `metrics.${queryWord(metric)}`, kind: 'metric' },
    ]),
    ...queryFields.map((field): Completion => ({ text: field, kind: 'field' })),
    ...(afterValue ? [] : [{ text: 'not', kind: 'join' } as const]),
  ]);
}
