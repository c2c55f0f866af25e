import { ArrowDown, ArrowUp, ChevronRight, Play, ScanSearch, Trash2 } from 'lucide-react';
import { memo, useCallback, useMemo, useState } from 'react';
import { isGoingOn } from '#contract/going-on.ts';
import { useKeysOf } from '../../app/action-store.ts';
import { Button } from '../../components/Button.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { useErrorText } from '../../words/errors.ts';
import { type Translate, useFormats, useWords } from '../../words/use-words.ts';
import { ErrorMends } from '../data/ErrorMends.tsx';
import { lookAt } from '../data/data-store.ts';
import { CellSweep } from '../sweep/SweepCard.tsx';
import { useSweepStore } from '../sweep/sweep-store.ts';
import { type EditedCell, editorText } from './blocks.ts';
import { stateSigns } from './cell-state.ts';
import { CellEditor, type LineError } from './editor/CellEditor.tsx';
import { focusEditor, type Place } from './editor/handles.ts';
import { useSpoken } from './editor/monaco-words.ts';
import { fixNow } from './fixes/use-fix.ts';
import type { StaleReason } from './inputs.ts';
import { useNotebookStore } from './notebook-store.ts';
import { CellError } from './outputs/CellError.tsx';
import { DataOutput } from './outputs/DataOutput.tsx';
import { Knobs } from './outputs/Knobs.tsx';
import { ForeseenTime, ModelOutput } from './outputs/ModelOutput.tsx';
import { ReadingBar } from './outputs/ReadingBar.tsx';
import { TrainOutput } from './outputs/TrainOutput.tsx';
import { useCell } from './use-cell.ts';

interface Props {
  readonly cell: EditedCell;
  readonly selected: boolean;
  readonly onRun: (keys: readonly string[], advance: boolean) => void;
  readonly onTravel: (way: 'undo' | 'redo') => void;
  readonly onLeave: (key: string) => void;
}

export const Cell = memo(function Cell({ cell, selected, onRun, onTravel, onLeave }: Props) {
  const spoken = useSpoken(({ changes }) => changes);
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const { state, outcome, upToDate, because, runs, knobs, starting, startError, foreseen, folded } = useCell(cell);
  const title = useNotebookStore(({ title: now }) => (cell.kind === 'train' ? now : ''));
  const { toggleFold } = useNotebookStore.getState();
  const [layersOpen, setLayersOpen] = useState(true);
  const run = useCallback((advance: boolean) => onRun([cell.key], advance), [onRun, cell.key]);

  const shownError = upToDate && outcome?.status === 'failed' ? outcome.error : undefined;
  const lineError = useMemo<LineError | undefined>(() => {
    const where = shownError?.where;
    if (!shownError || where?.cellLine === undefined) return undefined;
    return {
      message: errorText(shownError),
      line: where.cellLine,
      column: where.column,
      endLine: where.cellEndLine,
      endColumn: where.endColumn,
    };
    // The text changes with the language alone, and then the whole cell is drawn again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [shownError, t]);

  const model = outcome?.model;
  const notes = useMemo(() => {
    if (!model) return undefined;
    const byLine = new Map<number, string[]>();
    for (const layer of model.layers) {
      const line = layer.where?.cell === cell.id ? layer.where.cellLine : undefined;
      if (line === undefined) continue;
      const text = formats.shape(layer.outputShape) + (layer.parameters > 0 ? ` · ${formats.count(layer.parameters)}` : '');
      byLine.set(line, [...(byLine.get(line) ?? []), text]);
    }
    return [...byLine].map(([line, texts]) => ({ line, text: texts.join(' → ') }));
  }, [model, cell.id, formats]);

  const go = (place: Place) => focusEditor(cell.key, place);
  const kindName = t(`notebook.kind.${cell.kind}`);
  const busyHere = runs[0] !== undefined && isGoingOn(runs[0]);

  const stateWord = t(`notebook.state.${state}`);
  const gutter = (
    <div className="gutter">
      <b>{kindName}</b>
      <span
        className={`state ${state}`}
        role="status"
        aria-label={
          because
            ? t('notebook.cellStale', { cell: cell.id, state: stateWord, reason: reasonText(t, because) })
            : t('notebook.cellState', { cell: cell.id, state: stateWord })
        }
      >
        <i aria-hidden>{stateSigns[state]}</i> {stateWord}
        {because && <small className="stale-reason">{reasonText(t, because)}</small>}
      </span>
    </div>
  );
  if (folded) {
    return (
      <div className={`cell${selected ? ' focus' : ''}`}>
        {gutter}
        <button
          type="button"
          className="cell-box cell-folded"
          aria-expanded={false}
          title={t('notebook.unfold')}
          onClick={() => toggleFold([cell.key])}
        >
          <ChevronRight size={14} aria-hidden />
          <code>{editorText(cell).split('\n', 1)[0]}</code>
          <span>{t('notebook.lines', { count: editorText(cell).split('\n').length })}</span>
        </button>
      </div>
    );
  }
  return (
    <div className={`cell${selected ? ' focus' : ''}`}>
      {gutter}
      <div className="cell-box">
        <CellEditor
          key={spoken}
          cell={cell}
          label={t('notebook.cellText', { kind: kindName, cell: cell.id })}
          error={lineError}
          notes={notes}
          onRun={run}
          onTravel={onTravel}
          onLeave={onLeave}
        />
        <CellTools cellKey={cell.key} id={cell.id} kind={cell.kind} onRun={run} />
        {knobs.length > 0 && <Knobs knobs={knobs} />}
        {shownError && <CellError error={shownError} where={shownError.where} fix={fixNow(cell)} onGo={go} />}
        {/* What is wrong with data is best seen in it. */}
        {shownError && cell.kind === 'data' && shownError.code.startsWith('data.') && (
          <div className="cell-look">
            <ErrorMends cell={cell.id} error={shownError} />
            <Button look="link" aria-label={t('data.lookAt', { cell: cell.id })} onClick={() => lookAt(cell.id)}>
              {t('data.look')}
            </Button>
          </div>
        )}
        {cell.kind === 'data' && state === 'running' && <ReadingBar cell={cell.id} />}
        {upToDate && outcome?.status === 'blocked' && <p className="cell-blocked">{t('notebook.blocked')}</p>}
        {startError !== undefined && !shownError && <CellError error={startError} where={whereOf(startError)} onGo={go} />}
        {outcome?.data && (
          <div className={upToDate ? 'output' : 'output stale'}>
            <DataOutput cell={cell.id} data={outcome.data} />
          </div>
        )}
        {model && (
          <div className={upToDate ? 'output slim' : 'output slim stale'}>
            <ModelOutput model={model} foreseen={foreseen} open={layersOpen} onOpen={setLayersOpen} />
          </div>
        )}
        {cell.kind === 'code' && outcome?.text !== undefined && outcome.text !== '' && (
          <pre className={upToDate ? 'output value' : 'output value stale'}>{outcome.text}</pre>
        )}
        {cell.kind === 'train' && <CellSweep cell={cell.id} />}
        {cell.kind === 'train' && runs.length > 0 && (
          <div className="output" data-output-of={cell.id}>
            <TrainOutput runs={runs} notebookName={title} />
          </div>
        )}
        {cell.kind === 'train' && runs.length === 0 && !shownError && outcome?.status !== 'blocked' && (
          <div className="output not-trained">
            <span className="grow">
              <b>{t('notebook.notTrained')}</b> {t('notebook.notTrainedHint')}
            </span>
            <ForeseenTime foreseen={foreseen} />
            <Button look="primary" icon={<Play size={13} />} disabled={starting || busyHere} onClick={() => run(false)}>
              {t('notebook.train')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
});

interface ToolsProps extends Pick<EditedCell, 'id' | 'kind'> {
  readonly cellKey: string;
  readonly onRun: (advance: boolean) => void;
}

const CellTools = memo(function CellTools({ cellKey, id, kind, onRun }: ToolsProps) {
  const t = useWords();
  const move = useNotebookStore((state) => state.move);
  const remove = useNotebookStore((state) => state.remove);
  return (
    <div className="cell-tools" role="toolbar" aria-label={t('notebook.cellTools', { cell: id })}>
      <IconButton
        label={t(kind === 'train' ? 'notebook.train' : 'notebook.runCell')}
        keys={useKeysOf('notebook.run')}
        icon={<Play size={14} />}
        onClick={() => onRun(false)}
      />
      {kind === 'train' && (
        <IconButton label={t('sweep.action')} icon={<ScanSearch size={14} />} onClick={() => useSweepStore.getState().ask(id)} />
      )}
      <IconButton
        label={t('notebook.moveUp')}
        keys={useKeysOf('notebook.up')}
        icon={<ArrowUp size={14} />}
        onClick={() => move([cellKey], -1)}
      />
      <IconButton
        label={t('notebook.moveDown')}
        keys={useKeysOf('notebook.down')}
        icon={<ArrowDown size={14} />}
        onClick={() => move([cellKey], 1)}
      />
      <IconButton label={t('notebook.removeCell')} icon={<Trash2 size={14} />} onClick={() => remove([cellKey])} />
    </div>
  );
});

function reasonText(t: Translate, reason: StaleReason): string {
  if (reason.what === 'knob') return t('notebook.staleKnob', { knob: reason.knob });
  if (reason.what === 'text' || reason.what === 'order') return t(`notebook.stale.${reason.what}`);
  return t(`notebook.stale.${reason.what}`, { cell: reason.cell });
}

function whereOf(error: unknown) {
  return typeof error === 'object' && error !== null && 'where' in error
    ? (error.where as { cellLine?: number; column?: number })
    : undefined;
}
