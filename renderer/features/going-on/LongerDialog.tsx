import { type FormEvent, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useErrorText } from '../../words/errors.ts';
import { useWords } from '../../words/use-words.ts';
import { trainLonger } from './going-on.ts';

/** Asks how many epochs a run that is done is to have in all. */
export function LongerDialog({ run, onClose }: { readonly run: RunSummary; readonly onClose: () => void }) {
  const t = useWords();
  const errorText = useErrorText();
  const [text, setText] = useState(String(run.epochs * 2));
  const [error, setError] = useState<unknown>();
  const epochs = Number(text);
  const fits = Number.isSafeInteger(epochs) && epochs > run.epochs;
  const begin = (event?: FormEvent): void => {
    event?.preventDefault();
    if (fits) trainLonger(run, epochs).then(onClose, setError);
  };
  return (
    <Dialog
      title={t('goingOn.longerTitle', { name: run.name })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('frame.cancel')}</Button>
          <Button look="primary" disabled={!fits} onClick={() => begin()}>
            {t('goingOn.train')}
          </Button>
        </>
      }
    >
      <form className="going-on-form" onSubmit={begin}>
        <TextField
          label={t('goingOn.epochsInAll')}
          value={text}
          onValue={setText}
          inputMode="numeric"
          hint={t('goingOn.longerText', { epochs: run.epochs })}
          error={fits ? undefined : t('goingOn.moreThan', { epochs: run.epochs })}
        />
        {error !== undefined && (
          <p className="run-error" role="alert">
            {errorText(error)}
          </p>
        )}
      </form>
    </Dialog>
  );
}
