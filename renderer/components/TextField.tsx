import { type InputHTMLAttributes, type Ref, useId } from 'react';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'onChange' | 'value'> {
  readonly label: string;
  /** The label is for screen readers alone; what the field is for shows otherwise. */
  readonly labelHidden?: boolean;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly mono?: boolean;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}

export function TextField({ label, labelHidden = false, value, onValue, mono = false, error, hint, ref, ...rest }: Props) {
  const note = useId();
  return (
    <label className="text-field">
      <span className={labelHidden ? 'visually-hidden' : undefined}>{label}</span>
      <input
        {...rest}
        ref={ref}
        className={mono ? 'input mono' : 'input'}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        aria-invalid={error ? true : undefined}
        aria-describedby={error || hint ? note : undefined}
      />
      {(error ?? hint) && (
        <small id={note} className={error ? 'bad' : undefined}>
          {error ?? hint}
        </small>
      )}
    </label>
  );
}
