import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useWords } from '../words/use-words.ts';
import { IconButton } from './IconButton.tsx';

interface Props {
  readonly title: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  /** Buttons, the main one last. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** To what the dialog asks for, or else to what it offers: by itself the focus goes to the first control, which closes it. */
function focusFirst(dialog: HTMLDialogElement): void {
  const first = dialog.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea):enabled, .dialog-actions .primary:enabled');
  first?.focus();
  if (first instanceof HTMLInputElement) first.select();
}

/** A modal dialog: mounted means open. The platform's `<dialog>` keeps the focus inside and gives it back after. */
export function Dialog({ title, wide = false, onClose, actions, children }: Props) {
  const t = useWords();
  const heading = useId();
  const element = useRef<HTMLDialogElement>(null);
  // A layout effect ends while the element is still in the page: only there does closing give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      focusFirst(dialog);
    }
    return () => dialog?.close();
  }, []);
  // What had the focus is gone or disabled, as a dialog that tells what came of it has other controls: on to those.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog?.open && document.activeElement === document.body) focusFirst(dialog);
  });
  return (
    // A click on the backdrop has the dialog itself as its target. Keyboards have Escape, which is `cancel`.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={element}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <IconButton label={t('frame.close')} icon={<X size={16} />} onClick={onClose} />
      </div>
      <div className="dialog-body">{children}</div>
      {actions && <div className="dialog-actions">{actions}</div>}
    </dialog>
  );
}
