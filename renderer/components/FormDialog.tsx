import type { FormEvent, ReactNode } from 'react';
import { useErrorText } from '../words/errors.ts';
import { useWords } from '../words/use-words.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Progress } from './Progress.tsx';

/** What was begun and goes on. */
export interface FormWork {
  readonly label: string;
  /** 0…1; left out where it is not known. */
  readonly value?: number | undefined;
  /** Without it, it cannot be ended. */
  readonly onStop?: () => void;
}

interface Props {
  readonly title: string;
  readonly wide?: boolean;
  readonly className: string;
  /** What its button says. */
  readonly action: string;
  /** What is filled in cannot be used yet. */
  readonly disabled: boolean;
  /** Its fields are the caller's to disable meanwhile. */
  readonly work?: FormWork | undefined;
  /** Work goes on when the dialog is closed, and says itself what came of it. */
  readonly goesOnBehind?: boolean;
  /** What came of the last try, where that failed. */
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks for what something needs before it begins; Enter in any field begins it. */
export function FormDialog({
  title,
  wide = false,
  className,
  action,
  disabled,
  work,
  goesOnBehind = false,
  error,
  onSubmit,
  onClose,
  children,
}: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!disabled && !work) onSubmit();
  };
  const close = work && !goesOnBehind ? (work.onStop ?? onClose) : onClose;
  return (
    <Dialog
      title={title}
      wide={wide}
      onClose={close}
      actions={
        <>
          {work && goesOnBehind && <Button onClick={onClose}>{t('frame.goOnBehind')}</Button>}
          {work?.onStop && <Button onClick={work.onStop}>{t('frame.stop')}</Button>}
          {!work && <Button onClick={onClose}>{t('frame.cancel')}</Button>}
          <Button look="primary" disabled={disabled || work !== undefined} onClick={() => submit()}>
            {action}
          </Button>
        </>
      }
    >
      <form className={className} onSubmit={submit}>
        {children}
        {/* The button lies outside of the form. */}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
        {work && (
          <div className="form-work" aria-live="polite">
            <p className="quiet-text clip">{work.label}</p>
            <Progress label={work.label} value={work.value} />
          </div>
        )}
        {error !== undefined && (
          <p className="run-error" role="alert">
            {errorText(error)}
          </p>
        )}
      </form>
    </Dialog>
  );
}
