import './merge.css';
import { useMemo, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { type Translate, useWords } from '../../words/use-words.ts';
import { type Merging, useNotebookStore } from './notebook-store.ts';
import { type Change, changesBetween, mergeVersions, type Side } from './versions.ts';

/** Mine, the file's, and what both began with, cell by cell. */
export function MergeDialog() {
  const merging = useNotebookStore((state) => state.merging);
  return merging && <Versions merging={merging} />;
}

function Versions({ merging }: { merging: Merging }) {
  const t = useWords();
  const { base, mine, theirs } = merging;
  const merge = useNotebookStore((state) => state.mergeVersions);
  const cancelMerge = useNotebookStore((state) => state.cancelMerge);
  const changes = useMemo(() => changesBetween(base, mine, theirs), [base, mine, theirs]);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Side>>(
    () => new Map(changes.flatMap(({ key, by }) => (by === 'both' ? [] : [[key, by]]))),
  );
  const left = changes.filter(({ key }) => !chosen.has(key)).length;
  return (
    <Dialog
      title={t('notebook.mergeTitle')}
      wide
      onClose={cancelMerge}
      actions={
        <>
          {left > 0 && (
            <span className="grow merge-left" role="status">
              {t('notebook.mergeLeft', { count: left })}
            </span>
          )}
          <Button onClick={cancelMerge}>{t('frame.cancel')}</Button>
          <Button look="primary" disabled={left > 0} onClick={() => void merge(mergeVersions(base, mine, theirs, chosen))}>
            {t('notebook.mergeAction')}
          </Button>
        </>
      }
    >
      <p className="merge-note">
        {t(changes.length === 0 ? 'notebook.mergeNothing' : base ? 'notebook.mergeText' : 'notebook.mergeNoBase')}
      </p>
      {changes.map((change) => (
        <ChangeView
          key={change.key}
          change={change}
          hasBase={base !== undefined}
          side={chosen.get(change.key)}
          onChoose={(side) => setChosen(new Map([...chosen, [change.key, side]]))}
        />
      ))}
    </Dialog>
  );
}

interface ChangeProps {
  readonly change: Change;
  readonly hasBase: boolean;
  readonly side: Side | undefined;
  readonly onChoose: (side: Side) => void;
}

function ChangeView({ change, hasBase, side, onChoose }: ChangeProps) {
  const t = useWords();
  const { key, mine, theirs, base, by } = change;
  const sides = [
    ['mine', mine, 'notebook.mergeMine'],
    ['theirs', theirs, 'notebook.mergeTheirs'],
  ] as const;
  return (
    <fieldset className={side === undefined ? 'merge-change open' : 'merge-change'}>
      <legend>
        <b>{nameOf(change, t)}</b> <span>{t(`notebook.mergeBy.${by}`)}</span>
      </legend>
      <div className="merge-sides">
        {sides.map(([name, text, label]) => (
          <label key={name} className={side === name ? 'merge-side chosen' : 'merge-side'}>
            <span className="merge-side-head">
              <input type="radio" name={key} checked={side === name} onChange={() => onChoose(name)} />
              {t(label)}
            </span>
            <Lines text={text} other={hasBase ? base : name === 'mine' ? theirs : mine} />
          </label>
        ))}
        {hasBase && (
          <div className="merge-side before">
            <span className="merge-side-head">{t('notebook.mergeBase')}</span>
            <Lines text={base} other={base} />
          </div>
        )}
      </div>
    </fieldset>
  );
}

function nameOf({ kind, cell }: Change, t: Translate): string {
  if (kind === 'front') return t('notebook.mergeFront');
  if (kind === 'prose') return cell === undefined ? t('notebook.mergeTextTop') : t('notebook.mergeTextUnder', { cell });
  return t('notebook.cellOf', { kind: t(`notebook.kind.${kind}`), cell: cell ?? '' });
}

/** Lines that `other` does not hold stand out. */
function Lines({ text, other }: { text: string | undefined; other: string | undefined }) {
  const t = useWords();
  if (text === undefined) return <em className="merge-absent">{t('notebook.mergeAbsent')}</em>;
  const known = new Set((other ?? '').split('\n').map((line) => line.trim()));
  return (
    <pre className="merge-text">
      {text.split('\n').map((line, index) => {
        const isNew = line.trim() !== '' && !known.has(line.trim());
        // Lines have no other name than their number.
        // oxlint-disable-next-line react/no-array-index-key
        return isNew ? <ins key={index}>{`${line}\n`}</ins> : `${line}\n`;
      })}
    </pre>
  );
}
