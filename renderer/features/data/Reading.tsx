import { type FormEvent, useState } from 'react';
import { literal } from '#contract/cell-text.ts';
import type { DataFix, DataPreview } from '#contract/notebook.ts';
import { textEncodings } from '#contract/spec.ts';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../words/use-words.ts';
import { applyMend, mendOf, useMendable } from './mend.ts';

type Reading = NonNullable<DataPreview['reading']>;

const delimiters = [',', ';', '\t', '|'] as const;
const delimiterNames = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const;
/** The cell language's names of what reads a delimited text. */
const sources = ['csv', 'tsv'];

const codeOf = (value: string) => (value === '\t' ? String.raw`'\t'` : literal(value));

/** How a delimited text was read: what was found of it, each guess open to change. */
export function ReadingPanel({ cell, reading }: { readonly cell: string; readonly reading: Reading }) {
  const t = useWords();
  const mendable = useMendable(cell);
  const [more, setMore] = useState('');
  const [isOpen, setOpen] = useState(false);
  const mend = (name: string, value: string) => {
    const fixes = sources.map((of): DataFix => ({ do: 'setOption', of, name, value }));
    return fixes.map((fix) => mendOf(mendable, fix)).find((found) => found !== undefined);
  };
  const change = (name: string, value: string) => {
    const found = mend(name, value);
    if (found) applyMend(found);
  };
  // Text that is written otherwise, by code say, has no place for an answer.
  const canChange = mend('quote', "'~'") !== undefined;
  const { encoding, delimiter, header, decimal, nulls, nullsTold = [], told } = reading;
  const sign = (name: Reading['told'][number]) => (told.includes(name) ? t('data.told') : t('data.found'));
  const field = (
    name: 'encoding' | 'delimiter' | 'header' | 'decimal',
    value: string,
    options: readonly (readonly [string, string, string])[],
  ) => (
    <label>
      <span>
        {t(`data.reading.${name}`)} <em>{sign(name)}</em>
      </span>
      <select
        className="input"
        value={value}
        disabled={!canChange}
        onChange={(event) => {
          const chosen = options.find(([key]) => key === event.target.value);
          if (chosen) change(name, chosen[2]);
        }}
      >
        {options.map(([key, title]) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
  const addNulls = (event: FormEvent) => {
    event.preventDefault();
    const added = more
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '' && !nullsTold.includes(one));
    if (added.length > 0) change('nulls', `[${[...nullsTold, ...added].map(literal).join(', ')}]`);
    setMore('');
  };
  const known = (delimiters as readonly string[]).includes(delimiter);
  return (
    <details className="reading" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {t('data.reading', {
          encoding: encoding.toUpperCase(),
          delimiter: known ? t(`data.delimiter.${delimiterNames[delimiter as ',']}`) : delimiter,
          header: String(header),
          decimal,
        })}
      </summary>
      {/* Fields that are folded away would be laid out all the same, see near.ts. */}
      {isOpen && (
        <div className="reading-fields">
          {field(
            'encoding',
            encoding,
            textEncodings.map((one) => [one, one.toUpperCase(), literal(one)]),
          )}
          {field(
            'delimiter',
            delimiter,
            [...delimiters, ...(known ? [] : [delimiter])].map((one) => [
              one,
              Object.hasOwn(delimiterNames, one) ? t(`data.delimiter.${delimiterNames[one as ',']}`) : one,
              codeOf(one),
            ]),
          )}
          {field('header', String(header), [
            ['true', t('data.header.true'), 'true'],
            ['false', t('data.header.false'), 'false'],
          ])}
          {field('decimal', decimal, [
            ['.', t('data.decimal.point'), "'.'"],
            [',', t('data.decimal.comma'), "','"],
          ])}
          <form onSubmit={addNulls}>
            <label>
              <span>
                {t('data.reading.nulls')} <em>{nulls.length > 0 ? nulls.join(' · ') : t('data.noNulls')}</em>
              </span>
              <input
                className="input"
                value={more}
                disabled={!canChange}
                placeholder={t('data.moreNulls')}
                onChange={(event) => setMore(event.target.value)}
              />
            </label>
            <Button type="submit" disabled={!canChange || more.trim() === ''}>
              {t('data.addNulls')}
            </Button>
          </form>
        </div>
      )}
    </details>
  );
}
