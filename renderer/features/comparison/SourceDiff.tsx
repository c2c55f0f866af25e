import { useEffect, useId, useMemo, useState } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { Hunks } from './Hunks.tsx';
import { diffSources } from './source-diff.ts';

/** The notebook's text as two runs were trained from it. */
export function SourceDiff({ runs }: { readonly runs: readonly RunSummary[] }) {
  const t = useWords();
  const errorText = useErrorText();
  const withSource = useMemo(() => runs.filter((run) => !run.imported), [runs]);
  const [wanted, setWanted] = useState<readonly [RunId | undefined, RunId | undefined]>([undefined, undefined]);
  const first = withSource.find((run) => run.id === wanted[0]) ?? withSource[0];
  const second = withSource.find((run) => run.id === wanted[1]) ?? withSource.find((run) => run !== first);
  const [texts, setTexts] = useState<{ readonly of: string; readonly before: string; readonly after: string }>();
  const [error, setError] = useState<unknown>();
  const key = first && second ? `${first.id} ${second.id}` : '';

  useEffect(() => {
    if (key === '') return undefined;
    let isWanted = true;
    const [a, b] = key.split(' ') as [RunId, RunId];
    Promise.all([call('runs.get', { runId: a }), call('runs.get', { runId: b })]).then(
      ([before, after]) => isWanted && setTexts({ of: key, before: before.source, after: after.source }),
      (reason: unknown) => isWanted && setError(reason),
    );
    return () => {
      isWanted = false;
    };
  }, [key]);

  const hunks = useMemo(() => (texts ? diffSources(texts.before, texts.after) : undefined), [texts]);
  if (!first || !second) return <p className="quiet-text">{t('comparison.sourceNone')}</p>;
  return (
    <section className="card source-diff" aria-label={t('comparison.source')}>
      <div className="comparison-tools">
        <RunChoice label={t('comparison.before')} runs={withSource} value={first.id} onChoose={(id) => setWanted([id, wanted[1]])} />
        <RunChoice label={t('comparison.after')} runs={withSource} value={second.id} onChoose={(id) => setWanted([wanted[0], id])} />
        {first.notebook !== second.notebook && (
          <span className="quiet-text">{t('comparison.otherNotebooks', { first: first.notebook, second: second.notebook })}</span>
        )}
      </div>
      {error !== undefined && (
        <p className="run-error" role="alert">
          {errorText(error)}
        </p>
      )}
      {texts?.of === key && hunks?.length === 0 && <p className="quiet-text">{t('comparison.sourceSame')}</p>}
      {hunks && hunks.length > 0 && <Hunks hunks={hunks} label={t('comparison.source')} />}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly runs: readonly RunSummary[];
  readonly value: RunId;
  readonly onChoose: (id: RunId) => void;
}

function RunChoice({ label, runs, value, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <label className="check-label" htmlFor={id}>
      {label}
      <select id={id} className="input" value={value} onChange={(event) => onChoose(event.target.value as RunId)}>
        {runs.map((run) => (
          <option key={run.id} value={run.id}>
            {run.name}
          </option>
        ))}
      </select>
    </label>
  );
}
