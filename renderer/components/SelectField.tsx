import { useId } from 'react';

interface Props<T extends string | number> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly T[];
  readonly wordOf: (option: T) => string;
  readonly onValue: (option: T) => void;
}

/** One of a few, below its label. */
export function SelectField<T extends string | number>({ label, value, options, wordOf, onValue }: Props<T>) {
  const id = useId();
  return (
    <label className="text-field" htmlFor={id}>
      <span>{label}</span>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => onValue(options.find((option) => String(option) === event.target.value) ?? value)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {wordOf(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
