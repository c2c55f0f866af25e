import { useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useWords } from '../../words/use-words.ts';
import { trainLonger } from './going-on.ts';

/** Asks how many epochs a run that is done is to have in all. */
export function LongerDialog({ run, onClose }: { readonly run: RunSummary; readonly onClose: () => void }) {
  const t = useWords();
  const [text, setText] = useState(String(run.epochs * 2));
  const [error, setError] = useState<unknown>();
  const epochs = Number(text);
  const fits = Number.isSafeInteger(epochs) && epochs > run.epochs;
  return (
    <FormDialog
      title={t('goingOn.longerTitle', { name: run.name })}
      className="going-on-form"
      action={t('goingOn.train')}
      disabled={!fits}
      error={error}
      onSubmit={() => void trainLonger(run, epochs).then(onClose, setError)}
      onClose={onClose}
    >
      <TextField
        label={t('goingOn.epochsInAll')}
        value={text}
        onValue={setText}
        inputMode="numeric"
        hint={t('goingOn.longerText', { epochs: run.epochs })}
        error={fits ? undefined : t('goingOn.moreThan', { epochs: run.epochs })}
      />
    </FormDialog>
  );
}
