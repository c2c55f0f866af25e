import './find.css';
import { ArrowDown, ArrowUp, CaseSensitive, ChevronRight, Regex, Replace, ReplaceAll, WholeWord, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useKeysOf } from '../../../app/action-store.ts';
import { IconButton } from '../../../components/IconButton.tsx';
import { matchesKeys } from '../../../components/keys.ts';
import { toast } from '../../../components/toast-store.ts';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { leaveAt, matchesIn, useFindStore } from './find-store.ts';
import { type Match, matchLimit, patternOf } from './find-text.ts';
import { drawMarks, revealMark } from './marks.ts';

interface Props {
  readonly focusBlock: (key: string | undefined) => void;
}

export function FindBar(props: Props) {
  const isOpen = useFindStore((state) => state.isOpen);
  return isOpen ? <OpenFindBar {...props} /> : null;
}

const switches = [
  { name: 'matchCase', icon: <CaseSensitive size={15} />, keys: 'Alt+C' },
  { name: 'wholeWord', icon: <WholeWord size={15} />, keys: 'Alt+W' },
  { name: 'regex', icon: <Regex size={14} />, keys: 'Alt+R' },
] as const;

function OpenFindBar({ focusBlock }: Props) {
  const t = useWords();
  const formats = useFormats();
  const store = useFindStore();
  const { query, replacement, replaces, current, want } = store;
  const nextKeys = useKeysOf('notebook.findNext');
  const previousKeys = useKeysOf('notebook.findPrevious');
  const blocks = useNotebookStore((state) => state.blocks);
  const field = useRef<HTMLInputElement>(null);
  const pattern = useMemo(() => patternOf(store), [store]);
  const matches = matchesIn(blocks, store);
  const chosen = current === undefined ? undefined : matches[current];
  const expression = pattern && 'expression' in pattern ? pattern.expression : undefined;
  const mistake = pattern && 'mistake' in pattern ? pattern.mistake : undefined;

  useLayoutEffect(() => {
    const ask = () => {
      field.current?.focus();
      field.current?.select();
    };
    ask();
    // What is looked for may be another by then, and is drawn first.
    return useFindStore.subscribe((now, before) => now.asked !== before.asked && requestAnimationFrame(ask));
  }, []);
  useEffect(() => drawMarks(blocks, matches, chosen, expression), [blocks, matches, chosen, expression]);
  useEffect(
    () => () => {
      drawMarks(useNotebookStore.getState().blocks, [], undefined, undefined);
      useFindStore.getState().hide();
    },
    [],
  );

  const close = () => {
    store.hide();
    if (chosen) leaveAt(chosen, focusBlock);
    else focusBlock(useNotebookStore.getState().selected);
  };
  const step = (way: 1 | -1) => reveal(store.step(way));
  const replaceOne = () => reveal(store.replaceOne());
  const replaceAll = () => {
    const count = store.replaceAll();
    if (count === 0) return;
    toast({
      text: t('notebook.replaced', { count }),
      action: { label: t('frame.undo'), run: () => void useNotebookStore.getState().undo() },
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const toggled = switches.find(({ keys }) => matchesKeys(event.nativeEvent, keys));
    const inReplacement = event.target instanceof HTMLInputElement && event.target.name === 'replacement';
    const onField = event.target instanceof HTMLInputElement;
    if (toggled) want({ [toggled.name]: !store[toggled.name] });
    else if (event.key === 'Escape') close();
    else if (matchesKeys(event.nativeEvent, 'Mod+Alt+Enter')) replaceAll();
    else if (event.key === 'Enter' && onField && inReplacement) replaceOne();
    else if (event.key === 'Enter' && onField) step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const count =
    query === ''
      ? ''
      : mistake !== undefined
        ? t('notebook.findMistake')
        : matches.length === 0
          ? t('notebook.findNone')
          : current === undefined
            ? t('notebook.findCount', { count: formats.count(matches.length), more: matches.length >= matchLimit ? 'yes' : 'no' })
            : t('notebook.findPlace', { place: formats.count(current + 1), count: formats.count(matches.length) });
  return (
    <div className="find-place">
      {/* Escape and the switches' keys count anywhere in it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div className="find-bar" role="search" aria-label={t('notebook.find')} onKeyDown={onKeyDown}>
        <IconButton
          label={t('notebook.findWithReplace')}
          icon={<ChevronRight size={15} className={replaces ? 'turned' : undefined} />}
          aria-pressed={replaces}
          onClick={() => useFindStore.setState({ replaces: !replaces })}
        />
        <div className="find-rows">
          <div className="find-row">
            <input
              ref={field}
              aria-label={t('notebook.findText')}
              placeholder={t('notebook.findText')}
              aria-invalid={mistake !== undefined}
              title={mistake}
              spellCheck={false}
              value={query}
              onChange={(event) => want({ query: event.target.value })}
            />
            {switches.map(({ name, icon, keys }) => (
              <IconButton
                key={name}
                label={t(`notebook.find.${name}`)}
                keys={keys}
                icon={icon}
                aria-pressed={store[name]}
                onClick={() => want({ [name]: !store[name] })}
              />
            ))}
            <span className={mistake === undefined ? 'find-count' : 'find-count bad'} role="status">
              {count}
            </span>
            <IconButton
              label={t('notebook.findPrevious')}
              keys={previousKeys}
              icon={<ArrowUp size={14} />}
              disabled={matches.length === 0}
              onClick={() => step(-1)}
            />
            <IconButton
              label={t('notebook.findNext')}
              keys={nextKeys}
              icon={<ArrowDown size={14} />}
              disabled={matches.length === 0}
              onClick={() => step(1)}
            />
            <IconButton label={t('frame.close')} keys="Escape" icon={<X size={14} />} onClick={close} />
          </div>
          {replaces && (
            <div className="find-row">
              <input
                name="replacement"
                aria-label={t('notebook.replacement')}
                placeholder={t('notebook.replacement')}
                spellCheck={false}
                value={replacement}
                onChange={(event) => want({ replacement: event.target.value })}
              />
              <IconButton
                label={t('notebook.replaceOne')}
                keys="Enter"
                icon={<Replace size={14} />}
                disabled={matches.length === 0}
                onClick={replaceOne}
              />
              <IconButton
                label={t('notebook.replaceAll')}
                keys="Mod+Alt+Enter"
                icon={<ReplaceAll size={14} />}
                disabled={matches.length === 0}
                onClick={replaceAll}
              />
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** The marks are drawn first. */
export function reveal(match: Match | undefined): void {
  if (!match) return;
  const { folded, toggleFold, select } = useNotebookStore.getState();
  if (folded.includes(match.key)) toggleFold([match.key]);
  // What a collapsed heading hides is drawn first.
  flushSync(() => select(match.key));
  requestAnimationFrame(() => revealMark(match));
}
