import { Pin, PinOff } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ShownColumn } from '#contract/run-views.ts';
import { Button } from '../../components/Button.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { TextField } from '../../components/TextField.tsx';
import type { WordKey } from '../../words/catalogue.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { type Column, columnIds, columnOf, type ColumnSection, type Shape } from './columns.ts';
import { inOrder, moveBefore, moveBy, withColumn, withPin } from './layout.ts';
import { useViewsStore } from './views-store.ts';

interface Props {
  readonly shape: Shape;
  readonly layout: readonly ShownColumn[];
  readonly onClose: () => void;
}

const sections: Record<ColumnSection, WordKey> = {
  run: 'table.sectionRun',
  param: 'table.sectionParams',
  metric: 'table.sectionMetrics',
  tag: 'table.sectionTags',
};
const dragType = 'application/x-epochbook-column';

/** Every column there can be, found by typing; those that are shown first, in their order. The table follows at once. */
export function ColumnChooser({ shape, layout, onClose }: Props) {
  const t = useWords();
  const formats = useFormats();
  const setColumns = useViewsStore((state) => state.setColumns);
  const [wanted, setWanted] = useState('');
  const panel = useRef<HTMLElement>(null);
  const field = useRef<HTMLInputElement>(null);
  /** The column that moves within the lists, and takes the focus along. */
  const moved = useRef<string>(undefined);

  useEffect(() => {
    field.current?.focus();
    const outside = (event: PointerEvent): void => {
      const target = event.target as Element;
      if (!panel.current?.contains(target) && !target.closest('.run-table, [data-chooses-columns]')) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [onClose]);

  useLayoutEffect(() => {
    if (moved.current !== undefined) panel.current?.querySelector<HTMLElement>(`[data-column="${CSS.escape(moved.current)}"]`)?.focus();
    moved.current = undefined;
  });

  const words = wanted.toLowerCase().split(/\s+/);
  const fits = ({ title, id }: Column): boolean => words.every((word) => `${title} ${id}`.toLowerCase().includes(word));
  const columnsOf = (ids: readonly string[]): Column[] =>
    ids.map((id) => columnOf(id, shape, t, formats)).filter((column): column is Column => column !== undefined && fits(column));
  const ordered = inOrder(layout);
  const isPinned = (id: string): boolean => layout.some((column) => column.id === id && column.pinned === true);
  const shownIds = new Set(ordered.map(({ id }) => id));
  const shown = columnsOf(ordered.map(({ id }) => id));
  const others = columnsOf(columnIds(shape).filter((id) => !shownIds.has(id)));

  const onKeyDown = (event: KeyboardEvent): void => {
    const boxes = [...panel.current!.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
    const at = boxes.indexOf(document.activeElement as HTMLInputElement);
    const id = boxes[at]?.dataset['column'];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
    if (step !== undefined && event.altKey && id !== undefined) {
      moved.current = id;
      setColumns(moveBy(layout, id, step));
    } else if (step === -1 && at === 0) field.current?.focus();
    else if (step !== undefined) boxes[at + step]?.focus();
    else if (event.key.toLowerCase() === 'p' && id !== undefined && shownIds.has(id)) setColumns(withPin(layout, id, !isPinned(id)));
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const row = (column: Column, isShown: boolean) => (
    // Dragging is for the pointer; Alt and the arrows do the same.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      key={column.id}
      draggable={isShown}
      onDragStart={(event) => event.dataTransfer.setData(dragType, column.id)}
      onDragOver={(event) => {
        if (isShown && event.dataTransfer.types.includes(dragType)) event.preventDefault();
      }}
      onDrop={(event: DragEvent) => {
        const id = event.dataTransfer.getData(dragType);
        if (id !== '') setColumns(moveBefore(layout, id, column.id));
      }}
    >
      <label className="check-label">
        <input
          type="checkbox"
          data-column={column.id}
          checked={isShown}
          onChange={(event) => {
            moved.current = column.id;
            setColumns(withColumn(layout, column.id, event.target.checked));
          }}
        />
        <span className="clip">{column.title}</span>
      </label>
      {isShown && (
        <IconButton
          label={t(isPinned(column.id) ? 'table.unpinColumn' : 'table.pinColumn', { column: column.title })}
          icon={isPinned(column.id) ? <PinOff size={13} /> : <Pin size={13} />}
          tabIndex={-1}
          aria-pressed={isPinned(column.id)}
          onClick={() => setColumns(withPin(layout, column.id, !isPinned(column.id)))}
        />
      )}
    </li>
  );

  return (
    // The keys of the list as a whole.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section ref={panel} className="column-chooser" aria-label={t('table.columns')} onKeyDown={onKeyDown}>
      <TextField
        ref={field}
        label={t('table.findColumn')}
        labelHidden
        placeholder={t('table.findColumn')}
        value={wanted}
        onValue={setWanted}
      />
      <div className="column-lists">
        {shown.length > 0 && (
          <>
            <h3>{t('table.shown')}</h3>
            <ul>{shown.map((column) => row(column, true))}</ul>
          </>
        )}
        {(Object.keys(sections) as ColumnSection[]).map((section) => {
          const own = others.filter((column) => column.section === section);
          return (
            own.length > 0 && (
              <div key={section}>
                <h3>{t(sections[section])}</h3>
                <ul>{own.map((column) => row(column, false))}</ul>
              </div>
            )
          );
        })}
        {shown.length + others.length === 0 && <p className="quiet-text">{t('table.noColumn', { text: wanted })}</p>}
      </div>
      <div className="column-actions">
        <Button look="quiet" onClick={() => setColumns(undefined)}>
          {t('table.usual')}
        </Button>
        <Button onClick={onClose}>{t('frame.close')}</Button>
      </div>
    </section>
  );
}
