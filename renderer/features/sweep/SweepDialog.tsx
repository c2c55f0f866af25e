import './sweep.css';
import { useId, useMemo, useState } from 'react';
import type { Knob } from '#contract/spec.ts';
import { type PrunerName, prunerNames, type SamplerName, samplerNames } from '#contract/sweeps.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { SelectField } from '../../components/SelectField.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useWords } from '../../words/use-words.ts';
import { stateToSend, useNotebookStore } from '../notebook/notebook-store.ts';
import { useTrainingStore } from '../notebook/training-store.ts';
import { draftOf, numberIn, type RangeDraft, rangeOf } from './sweep-form.ts';
import { useSweepStore } from './sweep-store.ts';

const usualTrials = 20;
const msPerMinute = 60_000;

/** Shows the dialog where it was asked for. Once in the frame. */
export function SweepHost() {
  const asked = useSweepStore((state) => state.asked);
  const ask = useSweepStore((state) => state.ask);
  return asked === undefined ? null : <SweepDialog key={asked} cell={asked} onClose={() => ask(undefined)} />;
}

/** A count; undefined where what is typed is none. */
function countIn(typed: string, most: number): number | undefined {
  const value = numberIn(typed);
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}

/** Asks what to search, how, how often and how long. */
function SweepDialog({ cell, onClose }: { readonly cell: string; readonly onClose: () => void }) {
  const t = useWords();
  const cores = useSettingsStore((state) => state.info?.cores ?? 1);
  const knobs = useNotebookStore((state) => state.knobs);
  const path = useNotebookStore((state) => state.path);
  const runs = useTrainingStore((state) => state.runs);
  const start = useSweepStore((state) => state.start);
  const [drafts, setDrafts] = useState(() => knobs.map(draftOf));
  const [sampler, setSampler] = useState<SamplerName>('tpe');
  const [pruner, setPruner] = useState<PrunerName>('none');
  const [trials, setTrials] = useState(String(usualTrials));
  const [workers, setWorkers] = useState('1');
  const [minutes, setMinutes] = useState('');
  const [metric, setMetric] = useState('');
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>();
  const metrics = useId();
  /** What earlier runs of the notebook report. */
  const known = useMemo(
    () => [...new Set(runs.filter((run) => run.notebook === path).flatMap((run) => Object.keys(run.metrics)))].sort(),
    [runs, path],
  );

  const searched = drafts.filter(({ isSearched }) => isSearched);
  const ranges = searched.map((draft) =>
    rangeOf(
      draft,
      knobs.find(({ name }) => name === draft.name)!,
    ),
  );
  const [trialCount, workerCount] = [countIn(trials, 100_000), countIn(workers, 64)];
  const minuteCount = minutes.trim() === '' ? null : numberIn(minutes);
  const isWrong =
    searched.length === 0 ||
    ranges.some((range) => 'problem' in range) ||
    trialCount === undefined ||
    workerCount === undefined ||
    minuteCount === undefined ||
    (minuteCount !== null && minuteCount <= 0);

  const begin = (): void => {
    const sent = stateToSend();
    if (isWrong || !sent) return;
    setStarting(true);
    setError(undefined);
    start({
      ...sent,
      cell,
      sampler,
      pruner,
      trials: trialCount,
      workers: workerCount,
      ...(minuteCount !== null && { budgetMs: minuteCount * msPerMinute }),
      ...(metric.trim() !== '' && { metric: metric.trim() }),
      ranges: ranges.flatMap((range) => ('range' in range ? [range.range] : [])),
      only: searched.map(({ name }) => name),
    }).then(onClose, (thrown: unknown) => {
      setStarting(false);
      setError(thrown);
    });
  };
  const change = (name: string, part: Partial<RangeDraft>): void =>
    setDrafts(drafts.map((draft) => (draft.name === name ? { ...draft, ...part } : draft)));

  return (
    <FormDialog
      title={t('sweep.title')}
      wide
      className="sweep-form"
      action={t('sweep.start')}
      disabled={isWrong || isStarting}
      error={error}
      onSubmit={begin}
      onClose={onClose}
    >
      <p className="quiet-text">{t('sweep.text')}</p>
      <fieldset>
        <legend>{t('sweep.knobs')}</legend>
        {knobs.length === 0 && <p className="quiet-text">{t('sweep.noKnobs')}</p>}
        {drafts.map((draft) => (
          <RangeRow key={draft.name} draft={draft} knob={knobs.find(({ name }) => name === draft.name)!} onChange={change} />
        ))}
        {knobs.length > 0 && searched.length === 0 && <p className="sweep-problem">{t('sweep.chooseOne')}</p>}
      </fieldset>
      <div className="sweep-options">
        <SelectField
          label={t('sweep.sampler')}
          value={sampler}
          options={samplerNames}
          onValue={setSampler}
          wordOf={(name) => t(`sweep.sampler.${name}`)}
        />
        <SelectField
          label={t('sweep.pruner')}
          value={pruner}
          options={prunerNames}
          onValue={setPruner}
          wordOf={(name) => t(`sweep.pruner.${name}`)}
        />
        <TextField
          label={t('sweep.metric')}
          value={metric}
          onValue={setMetric}
          list={metrics}
          spellCheck={false}
          mono
          hint={t('sweep.metricHint')}
        />
        <datalist id={metrics}>
          {known.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </datalist>
        <TextField
          label={t('sweep.trials')}
          value={trials}
          onValue={setTrials}
          inputMode="numeric"
          error={trialCount === undefined ? t('sweep.wantsCount') : undefined}
        />
        <TextField
          label={t('sweep.workers')}
          value={workers}
          onValue={setWorkers}
          inputMode="numeric"
          error={workerCount === undefined ? t('sweep.wantsCount') : undefined}
          hint={t('sweep.workersHint', { cores })}
        />
        <TextField
          label={t('sweep.budget')}
          value={minutes}
          onValue={setMinutes}
          inputMode="decimal"
          error={minuteCount === undefined || (minuteCount !== null && minuteCount <= 0) ? t('sweep.wantsMinutes') : undefined}
          hint={t('sweep.budgetHint')}
        />
      </div>
    </FormDialog>
  );
}

interface RangeProps {
  readonly draft: RangeDraft;
  readonly knob: Knob;
  readonly onChange: (name: string, part: Partial<RangeDraft>) => void;
}

/** One knob: whether it is searched, and where. */
function RangeRow({ draft, knob, onChange }: RangeProps) {
  const t = useWords();
  const { name, isSearched, choices, min, max, step, log } = draft;
  const found = isSearched ? rangeOf(draft, knob) : undefined;
  const field = (what: 'min' | 'max' | 'step', value: string) => (
    <TextField
      label={t(`sweep.${what}`)}
      aria-label={t('sweep.ofKnob', { name, what: t(`sweep.${what}`) })}
      value={value}
      disabled={!isSearched}
      onValue={(typed) => onChange(name, { [what]: typed })}
      inputMode="decimal"
      mono
    />
  );
  return (
    <div className="sweep-knob">
      <label className="sweep-check">
        <input type="checkbox" checked={isSearched} onChange={(event) => onChange(name, { isSearched: event.target.checked })} />
        <code>{name}</code>
      </label>
      {choices === undefined ? (
        <>
          {field('min', min)}
          {field('max', max)}
          {field('step', step)}
          <label className="sweep-check">
            <input
              type="checkbox"
              aria-label={t('sweep.ofKnob', { name, what: t('sweep.log') })}
              checked={log}
              disabled={!isSearched}
              onChange={(event) => onChange(name, { log: event.target.checked })}
            />
            {t('sweep.log')}
          </label>
        </>
      ) : (
        <div className="sweep-choices">
          <TextField
            label={t('sweep.choices')}
            aria-label={t('sweep.ofKnob', { name, what: t('sweep.choices') })}
            value={choices}
            disabled={!isSearched}
            onValue={(typed) => onChange(name, { choices: typed })}
            mono
          />
        </div>
      )}
      {found && 'problem' in found && <p className="sweep-problem">{t(`sweep.problem.${found.problem}`)}</p>}
    </div>
  );
}
