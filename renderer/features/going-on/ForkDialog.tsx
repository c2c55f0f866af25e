import { useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { SelectField } from '../../components/SelectField.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { fork } from './going-on.ts';
import { knobValueOf } from './knob-value.ts';

interface Props {
  readonly run: RunSummary;
  /** Those with a checkpoint, ascending. */
  readonly epochs: readonly number[];
  readonly onClose: () => void;
}

/** Asks from which epoch on, and with which values of the knobs. */
export function ForkDialog({ run, epochs, onClose }: Props) {
  const t = useWords();
  const formats = useFormats();
  // Before the last epoch there is something left to train.
  const [epoch, setEpoch] = useState(epochs.findLast((each) => each < run.plannedEpochs) ?? epochs.at(-1)!);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<unknown>();
  const params = Object.entries(run.params);
  const valueOf = (name: string, before: KnobValue) => (texts[name] === undefined ? before : knobValueOf(texts[name], before));
  const misfit = params.find(([name, before]) => valueOf(name, before) === undefined)?.[0];
  const begin = (): void => {
    const changed = params.flatMap(([name, before]): [string, KnobValue][] => {
      const value = valueOf(name, before);
      return value === undefined || value === before ? [] : [[name, value]];
    });
    fork({ runId: run.id, epoch, knobs: Object.fromEntries(changed) }).then(onClose, setError);
  };
  return (
    <FormDialog
      title={t('goingOn.forkTitle', { name: run.name })}
      className="going-on-form"
      action={t('goingOn.train')}
      disabled={misfit !== undefined}
      error={error}
      onSubmit={begin}
      onClose={onClose}
    >
      <p className="quiet-text">{t('goingOn.forkText')}</p>
      <SelectField
        label={t('goingOn.afterEpoch')}
        value={epoch}
        options={epochs}
        wordOf={(each) => formats.count(each)}
        onValue={setEpoch}
      />
      {params.map(([name, before]) => (
        <TextField
          key={name}
          label={name}
          mono
          value={texts[name] ?? String(before)}
          onValue={(text) => setTexts({ ...texts, [name]: text })}
          error={misfit === name ? t(typeof before === 'boolean' ? 'goingOn.trueOrFalse' : 'goingOn.aNumber') : undefined}
        />
      ))}
    </FormDialog>
  );
}
