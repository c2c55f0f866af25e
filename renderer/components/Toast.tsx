import { CircleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useWords } from '../words/use-words.ts';
import { Button } from './Button.tsx';
import { IconButton } from './IconButton.tsx';
import { type Toast, useToastStore } from './toast-store.ts';

/** Long enough to read it and reach the button; errors stay until they are closed. */
const shownMs = 8000;

export function Toasts() {
  const toasts = useToastStore((state) => state.toasts);
  return (
    <output className="toasts" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </output>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const t = useWords();
  const dismiss = useToastStore((state) => state.dismiss);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || toast.tone === 'bad') return undefined;
    const timer = setTimeout(() => dismiss(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [held, toast, dismiss]);
  return (
    <div
      className={toast.tone === 'bad' ? 'toast bad' : 'toast'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.tone === 'bad' && <CircleAlert size={16} aria-hidden />}
      <span>{toast.text}</span>
      {toast.action && (
        <Button
          look="quiet"
          onClick={() => {
            dismiss(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton label={t('frame.close')} icon={<X size={15} />} onClick={() => dismiss(toast.id)} />
    </div>
  );
}
