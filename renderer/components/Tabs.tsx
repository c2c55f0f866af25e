import { type KeyboardEvent, type ReactNode, useId } from 'react';

interface Props<T extends string> {
  readonly label: string;
  readonly tabs: readonly T[];
  readonly shown: T;
  readonly titleOf: (tab: T) => string;
  readonly onShow: (tab: T) => void;
  /** Of the panel. */
  readonly className?: string;
  /** The panel of the tab that is shown. */
  readonly children: ReactNode;
}

/** Parts of a page of which one is shown; arrow keys go from one to the next. */
export function Tabs<T extends string>({ label, tabs, shown, titleOf, onShow, className, children }: Props<T>) {
  const base = useId();
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length] ?? shown;
    onShow(next);
    document.getElementById(`${base}${next}`)?.focus();
    event.preventDefault();
  };
  return (
    <>
      <div className="run-tabs" role="tablist" aria-label={label}>
        {tabs.map((name) => (
          <button
            key={name}
            id={`${base}${name}`}
            type="button"
            role="tab"
            aria-selected={shown === name}
            aria-controls={`${base}panel`}
            tabIndex={shown === name ? 0 : -1}
            onClick={() => onShow(name)}
            onKeyDown={onKeyDown}
          >
            {titleOf(name)}
          </button>
        ))}
      </div>
      <div id={`${base}panel`} className={className} role="tabpanel" aria-labelledby={`${base}${shown}`}>
        {children}
      </div>
    </>
  );
}
