// The browser's own list of suggestions cannot complete a part of a text: hence the roles.
/* oxlint-disable jsx-a11y/prefer-tag-over-role */
import { Search } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from 'react';
import type { QueryError } from '#contract/run-query.ts';
import { type Completion, completeQuery, type CompletionKind, type QueryNames } from '#contract/run-query-completion.ts';
import type { WordKey } from '../../words/catalogue.ts';
import { coreText } from '../../words/errors.ts';
import { useLocaleStore } from '../../words/locale.ts';
import { useWords } from '../../words/use-words.ts';

interface Props {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly names: QueryNames;
  readonly error: QueryError | undefined;
  /** What is right as a query, and yet hardly what was meant. */
  readonly notice: QueryError | undefined;
  readonly onSearch: (query: string) => void;
  /** Down where nothing is offered: to the table. */
  readonly onLeave: () => void;
}

const kinds: Record<CompletionKind, WordKey> = {
  field: 'runs.kindField',
  param: 'runs.kindParam',
  metric: 'runs.kindMetric',
  part: 'runs.kindMetric',
  operator: 'runs.kindOperator',
  value: 'runs.kindValue',
  join: 'runs.kindJoin',
};

/** The search box: the query language, completed as one types, with what is wrong under its column. */
export function SearchField({ field, query, names, error, notice, onSearch, onLeave }: Props) {
  const t = useWords();
  const locale = useLocaleStore((state) => state.locale);
  const base = useId();
  const [caret, setCaret] = useState<number>();
  const [active, setActive] = useState(-1);
  const [closed, setClosed] = useState(true);
  /** Where the caret goes on once what was inserted is drawn: the next key may come at once. */
  const next = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (next.current === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(next.current, next.current);
    next.current = undefined;
  });

  const { from, to, options } = closed || caret === undefined ? { from: 0, to: 0, options: [] } : completeQuery(query, caret, names);
  const open = options.length > 0;
  // One is not told of a mistake while still writing the word: only when nothing fits any more.
  const shown = open ? undefined : (error ?? notice);
  const problem = shown && coreText(locale, shown.code, shown.values, shown.message);
  const showsError = shown !== undefined && shown === error;

  const insert = ({ text, kind }: Completion): void => {
    const rest = query.slice(to);
    const added = `${text}${rest.startsWith(' ') || text.endsWith('(') ? '' : ' '}`;
    const place = from + added.length;
    onSearch(query.slice(0, from) + added + rest);
    setActive(-1);
    setCaret(place);
    setClosed(kind === 'value');
    next.current = place;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const chosen = options[active];
    if (event.key === 'Escape' && open) setClosed(true);
    else if (event.key === 'Escape' && query !== '') onSearch('');
    else if (event.key === 'ArrowDown' && open) setActive((active + 1) % options.length);
    else if (event.key === 'ArrowUp' && open) setActive((active <= 0 ? options.length : active) - 1);
    else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Enter' && chosen) insert(chosen);
    else if (event.key === 'Enter' && open) setClosed(true);
    else if (event.key === ' ' && event.ctrlKey) setClosed(false);
    else return;
    event.preventDefault();
  };

  return (
    <div className="runs-search">
      <Search size={14} aria-hidden />
      <input
        ref={field}
        type="text"
        role="combobox"
        className="input"
        aria-label={t('runs.search')}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${base}list`}
        aria-activedescendant={open && active >= 0 ? `${base}${active}` : undefined}
        aria-invalid={showsError}
        aria-describedby={shown ? `${base}error` : undefined}
        placeholder={t('runs.searchHint')}
        spellCheck={false}
        autoComplete="off"
        value={query}
        onChange={(event) => {
          onSearch(event.target.value);
          setCaret(event.target.selectionStart ?? event.target.value.length);
          setActive(-1);
          // A list under an empty field would only cover what is below it; Ctrl+Space asks for it.
          setClosed(event.target.value.trim() === '');
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onBlur={() => setClosed(true)}
        onKeyDown={onKeyDown}
      />
      <div id={`${base}list`} className="runs-completions" role="listbox" aria-label={t('runs.completions')} hidden={!open}>
        {options.map((option, index) => (
          // The field has the keys; the pointer must not take the focus from it.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={option.text}
            id={`${base}${index}`}
            role="option"
            aria-selected={index === active}
            ref={(element) => {
              if (index === active) element?.scrollIntoView({ block: 'nearest' });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => insert(option)}
          >
            <code>{option.text}</code>
            <span>{t(kinds[option.kind])}</span>
          </div>
        ))}
      </div>
      {shown && (
        <p id={`${base}error`} className="runs-search-error" data-notice={!showsError || undefined} role="status">
          <code aria-hidden="true">{marked(query, shown)}</code>
          {t('runs.searchWrong', { column: shown.column, problem: problem ?? '' })}
        </p>
      )}
    </div>
  );
}

/** The query with the place of the mistake underlined; where it ends too soon, a space after it. */
function marked(query: string, { column }: QueryError) {
  const at = Math.max(0, column - 1);
  const width = Math.max(1, /^[\p{L}\p{N}_-]+/u.exec(query.slice(at))?.[0].length ?? 1);
  return (
    <>
      {query.slice(Math.max(0, at - 24), at)}
      <u>{query.slice(at, at + width) || '\u00a0'}</u>
      {query.slice(at + width, at + width + 24)}
    </>
  );
}
