import type { FormEvent, ReactNode } from 'react';
import { useErrorText } from '../words/errors.ts';
import { useWords } from '../words/use-words.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';

interface Props {
  readonly title: string;
  readonly wide?: boolean;
  readonly className: string;
  /** What its button says. */
  readonly action: string;
  /** What is filled in cannot be used yet. */
  readonly disabled: boolean;
  /** What came of the last try, where that failed. */
  readonly error: unknown;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks for what something needs before it begins; Enter in any field begins it. */
export function FormDialog({ title, wide = false, className, action, disabled, error, onSubmit, onClose, children }: Props) {
  const t = useWords();
  const errorText = useErrorText();
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!disabled) onSubmit();
  };
  return (
    <Dialog
      title={title}
      wide={wide}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('frame.cancel')}</Button>
          <Button look="primary" disabled={disabled} onClick={() => submit()}>
            {action}
          </Button>
        </>
      }
    >
      <form className={className} onSubmit={submit}>
        {children}
        {/* The button lies outside of the form. */}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
        {error !== undefined && (
          <p className="run-error" role="alert">
            {errorText(error)}
          </p>
        )}
      </form>
    </Dialog>
  );
}
