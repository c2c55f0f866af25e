import { type CSSProperties, Fragment, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useThemeNumber } from '../../../components/charts/theme.ts';
import { useWords } from '../../../words/use-words.ts';
import { type Axis, type Brushes, cleanRange, placeOf, type Range, valueOn } from './axes.ts';
import { useCurvesStore } from '../../curves/curves-store.ts';
import { beginDrawing, runColors, strength } from './draw.ts';
import { BrushHandle } from './BrushHandle.tsx';
import { useAxisWords } from './use-axis-words.ts';
import { useWidth } from './use-size.ts';

/** More would be too small to read; the metric and the params before it stay. */
export const matrixLimit = 6;
const gap = 6;
const pad = 7;
const labelSpace = 20;

/** Cells are squares; the matrix is no wider than what there is. */
function layoutOf(width: number, count: number) {
  const cell = Math.max(0, Math.min(200, (Math.min(width, 900) - labelSpace - gap * (count - 1)) / Math.max(1, count)));
  const length = labelSpace + count * cell + gap * (count - 1);
  return {
    cell,
    left: (column: number): number => labelSpace + column * (cell + gap),
    topOf: (row: number): number => row * (cell + gap),
    size: { width: length, height: length },
  };
}

interface Props {
  readonly runs: readonly RunSummary[];
  readonly axes: readonly Axis[];
  readonly brushes: Brushes;
  readonly inside: ReadonlySet<RunId>;
  readonly onBrush: (axis: string, range: Range | undefined) => void;
}

/** Every axis against every other. A rectangle drawn in one cell, or handles moved at the edges, leave their runs in all of them. */
export function ScatterMatrix({ runs, axes: all, brushes, inside, onBrush }: Props) {
  const t = useWords();
  const words = useAxisWords();
  const theme = useThemeNumber();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<{ row: number; column: number; x: number; y: number }>(undefined);
  const width = useWidth(frame);
  const highlighted = useCurvesStore((state) => state.highlighted);
  const axes = useMemo(() => all.slice(-matrixLimit), [all]);
  const places = useMemo(() => runs.map((run) => axes.map((axis) => placeOf(axis, valueOn(axis, run)))), [runs, axes]);
  // Below the diagonal: rows from the second axis on, columns up to the one before the last.
  const count = axes.length - 1;
  const layout = useMemo(() => layoutOf(width, count), [width, count]);
  const { cell, left, topOf, size } = layout;
  const inner = cell - 2 * pad;
  const bottom = size.height - labelSpace;

  useEffect(() => {
    const target = canvas.current;
    const context = target && cell > 0 ? beginDrawing(target, size) : undefined;
    if (!context) return;
    const colors = runColors();
    const radius = runs.length > 500 ? 1.5 : 2.6;
    const marked = runs.findIndex((run) => run.id === highlighted);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column <= row; column++) {
        const [x0, y0] = [left(column), topOf(row)];
        context.globalAlpha = 1;
        context.lineWidth = 1;
        context.strokeStyle = colors.faint;
        context.strokeRect(x0 + 0.5, y0 + 0.5, cell - 1, cell - 1);
        const [ofX, ofY] = [brushes.get(axes[column].id), brushes.get(axes[row + 1].id)];
        if (ofX || ofY) {
          const [x1, x2] = ofX ?? [0, 1];
          const [y1, y2] = ofY ?? [0, 1];
          context.globalAlpha = 0.12;
          context.fillStyle = colors.ink;
          context.fillRect(x0 + pad + x1 * inner, y0 + pad + (1 - y2) * inner, (x2 - x1) * inner, (y2 - y1) * inner);
        }
        const dots = (kept: boolean): void => {
          context.globalAlpha = kept ? Math.max(0.35, strength(runs.length / 8)) : 0.3;
          for (const [index, run] of runs.entries()) {
            if (inside.has(run.id) !== kept) continue;
            const [x, y] = [places[index][column], places[index][row + 1]];
            if (x === undefined || y === undefined) continue;
            context.fillStyle = kept ? colors.of(run) : colors.faint;
            context.beginPath();
            context.arc(x0 + pad + x * inner, y0 + pad + (1 - y) * inner, radius, 0, 2 * Math.PI);
            context.fill();
          }
        };
        dots(false);
        dots(true);
        const [x, y] = [places[marked]?.[column], places[marked]?.[row + 1]];
        if (x === undefined || y === undefined) continue;
        context.globalAlpha = 1;
        context.fillStyle = colors.of(runs[marked]);
        context.strokeStyle = colors.ink;
        context.lineWidth = 1.5;
        context.beginPath();
        context.arc(x0 + pad + x * inner, y0 + pad + (1 - y) * inner, radius + 2.5, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    }
    // The theme's number stands for the colours that are read.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [runs, places, axes, inside, brushes, count, cell, inner, left, topOf, size, highlighted, theme]);

  const handles = (axis: Axis, orientation: 'vertical' | 'horizontal', at: (place: number) => CSSProperties) =>
    ([0, 1] as const).map((end) => {
      const range = brushes.get(axis.id);
      return (
        <BrushHandle
          key={end}
          axis={axis}
          end={end}
          range={range}
          orientation={orientation}
          style={at(range?.[end] ?? end)}
          onBrush={onBrush}
        />
      );
    });
  const inCell = (event: PointerEvent, row: number, column: number): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: (event.clientX - box.left - left(column) - pad) / inner,
      y: 1 - (event.clientY - box.top - topOf(row) - pad) / inner,
    };
  };
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - labelSpace) / (cell + gap));
    const row = Math.floor((event.clientY - box.top) / (cell + gap));
    if (event.button !== 0 || column < 0 || row < 0 || row >= count || column > row) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = { row, column, ...inCell(event, row, column) };
    onBrush(axes[column].id, undefined);
    onBrush(axes[row + 1].id, undefined);
    event.preventDefault();
  };
  const onMove = (event: PointerEvent): void => {
    if (!drawing.current) return;
    const { row, column, x, y } = drawing.current;
    const now = inCell(event, row, column);
    onBrush(axes[column].id, cleanRange([x, now.x]));
    onBrush(axes[row + 1].id, cleanRange([y, now.y]));
  };
  const onUp = (): void => {
    drawing.current = undefined;
  };

  return (
    <div ref={frame} className="scatter-matrix">
      {count > 0 && cell > 0 && (
        <div
          className="scatter-cells"
          role="group"
          aria-label={t('comparison.scatterOf', { axes: axes.map((axis) => words.title(axis)).join(', '), count: inside.size })}
          style={size}
          onPointerDown={onDown}
          onPointerMove={onMove}
          onPointerUp={onUp}
          onPointerCancel={onUp}
        >
          <canvas ref={canvas} style={size} aria-hidden="true" />
          {axes.slice(0, -1).map((axis, column) => (
            <Fragment key={axis.id}>
              <span className="scatter-x clip" style={{ left: left(column), width: cell, top: bottom + 2 }}>
                {words.title(axis)}
              </span>
              {handles(axis, 'horizontal', (place) => ({ left: left(column) + pad + place * inner, top: bottom - 8 }))}
            </Fragment>
          ))}
          {axes.slice(1).map((axis, row) => (
            <Fragment key={axis.id}>
              <span className="scatter-y clip" style={{ top: topOf(row), height: cell }}>
                {words.title(axis)}
              </span>
              {/* An axis in the middle has its handles below a column. */}
              {row === count - 1 &&
                handles(axis, 'vertical', (place) => ({ left: labelSpace - 8, top: topOf(row) + pad + (1 - place) * inner }))}
            </Fragment>
          ))}
        </div>
      )}
    </div>
  );
}
