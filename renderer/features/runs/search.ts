/**
 * Search as you type over runs: words, and comparisons such as `filters>=8` or `val_accuracy > 0.86`. What
 * `runs --where` calls a field (`metrics.val_loss.min`, `params.filters`) works here too, joined by `and`.
 */
import type { RunSummary } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { bestOf } from './metrics.ts';

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Term =
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'comparison'; readonly name: string; readonly operator: Operator; readonly value: string };

const comparison = /([\p{L}_][\p{L}\p{N}_.]*)\s*(<=|>=|!=|==|=|<|>)\s*([^\s<>=!]+)/gu;

export function parseQuery(query: string): Term[] {
  const terms: Term[] = [];
  const rest = query.replace(comparison, (_whole, name: string, operator: string, value: string) => {
    terms.push({ type: 'comparison', name, operator: operator === '==' ? '=' : (operator as Operator), value });
    return ' ';
  });
  for (const word of rest.split(/\s+/)) if (word && word !== 'and') terms.push({ type: 'word', text: word.toLowerCase() });
  return terms;
}

/** A param by its name, a metric by its best value, or one of a run's own numbers; names in any case. */
function valueOf(run: RunSummary, name: string): KnobValue | undefined {
  const [scope, inner = '', part = ''] = name.split('.');
  if (scope === 'params') return run.params[name.slice('params.'.length)];
  if (scope === 'metrics') {
    const summary = run.metrics[inner];
    return summary && (part === 'min' || part === 'max' || part === 'minEpoch' || part === 'maxEpoch' ? summary[part] : summary.last);
  }
  const wanted = name.toLowerCase();
  for (const [param, value] of Object.entries(run.params)) if (param.toLowerCase() === wanted) return value;
  for (const [metric, summary] of Object.entries(run.metrics)) {
    if (metric.toLowerCase() === wanted) return bestOf(metric, summary)?.value;
  }
  const own: Record<string, KnobValue> = {
    epochs: run.epochs,
    seed: run.seed,
    threads: run.threads,
    parameters: run.parameters,
    seconds: run.elapsedMs / 1000,
    status: run.status,
    backend: run.backend,
    name: run.name,
    notebook: run.notebook,
  };
  return own[wanted];
}

function compares(found: KnobValue, operator: Operator, wanted: string): boolean {
  const number = Number(wanted);
  if (typeof found === 'number' && !Number.isNaN(number)) {
    if (operator === '=') return found === number;
    if (operator === '!=') return found !== number;
    if (operator === '<') return found < number;
    if (operator === '<=') return found <= number;
    if (operator === '>') return found > number;
    return found >= number;
  }
  const same = String(found).toLowerCase() === wanted.toLowerCase();
  return operator === '=' ? same : operator === '!=' ? !same : false;
}

/** Whether every term holds. `stateWord` is the run's state in the screen's language, searched like its name. */
export function matches(run: RunSummary, terms: readonly Term[], stateWord: string): boolean {
  if (terms.length === 0) return true;
  const text = [run.name, run.notebook, run.id, run.note, stateWord, run.backend, ...run.tags, ...Object.keys(run.params)]
    .join('\n')
    .toLowerCase();
  return terms.every((term) => {
    if (term.type === 'word') return text.includes(term.text);
    const found = valueOf(run, term.name);
    return found !== undefined && compares(found, term.operator, term.value);
  });
}
