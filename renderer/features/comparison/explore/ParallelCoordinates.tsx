import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { useThemeNumber } from '../../../components/charts/theme.ts';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { type Axis, type Brushes, cleanRange, placeOf, type Range, standing, ticksOf, valueOn } from './axes.ts';
import { useCurvesStore } from '../../curves/curves-store.ts';
import { BrushHandle } from './BrushHandle.tsx';
import { beginDrawing, runColors, strength } from './draw.ts';
import { useAxisWords } from './use-axis-words.ts';
import { useWidth } from './use-size.ts';

const height = 300;
const top = 34;
const bottom = 14;
const side = 66;
/** A pointer this near to an axis works on it. */
const reach = 14;
/** How near a line must be to be pointed at. */
const near = 8;

const plot = height - top - bottom;

function layoutOf(width: number, axes: number) {
  return {
    xOf: (index: number): number => (axes === 1 ? width / 2 : side + (index * (width - 2 * side)) / (axes - 1)),
    yOf: (place: number): number => top + (1 - place) * plot,
  };
}

interface Props {
  readonly runs: readonly RunSummary[];
  readonly axes: readonly Axis[];
  readonly brushes: Brushes;
  readonly inside: ReadonlySet<RunId>;
  /** Drawn by how well they did, instead of in their own colours. */
  readonly byRank: boolean;
  readonly onBrush: (axis: string, range: Range | undefined) => void;
}

/** A line a run, over an axis a param. A stretch drawn along an axis leaves only the runs that pass it. */
export function ParallelCoordinates({ runs, axes, brushes, inside, byRank, onBrush }: Props) {
  const t = useWords();
  const formats = useFormats();
  const words = useAxisWords();
  const theme = useThemeNumber();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<{ axis: Axis; from: number }>(undefined);
  const width = useWidth(frame);
  const [pointed, setPointed] = useState<RunId>();
  const highlighted = useCurvesStore((state) => state.highlighted);
  const highlight = useCurvesStore((state) => state.highlight);

  const { xOf, yOf } = useMemo(() => layoutOf(width, axes.length), [width, axes.length]);
  const lines = useMemo(() => runs.map((run) => ({ run, places: axes.map((axis) => placeOf(axis, valueOn(axis, run))) })), [runs, axes]);

  // Many runs' own colours say nothing: those that did best stand out.
  const metric = axes.find((axis) => axis.kind === 'metric')?.name;
  const ranked = useMemo(
    () =>
      byRank && metric !== undefined
        ? standing(
            runs.filter((run) => inside.has(run.id)),
            metric,
          )
        : undefined,
    [byRank, metric, runs, inside],
  );

  useEffect(() => {
    const target = canvas.current;
    const context = target && width > 0 ? beginDrawing(target, { width, height }) : undefined;
    if (!context) return;
    const colors = runColors();
    const trace = (places: readonly (number | undefined)[]): void => {
      context.beginPath();
      let joined = false;
      for (const [index, place] of places.entries()) {
        // A run without a value on an axis has a gap there.
        if (place === undefined) joined = false;
        else if (joined) context.lineTo(xOf(index), yOf(place));
        else {
          context.moveTo(xOf(index), yOf(place));
          joined = true;
        }
      }
      context.stroke();
    };
    context.lineWidth = 1;
    context.strokeStyle = colors.faint;
    context.globalAlpha = 0.35 * Math.max(0.3, strength(runs.length));
    for (const { run, places } of lines) if (!inside.has(run.id)) trace(places);
    context.lineWidth = inside.size > 60 ? 1 : 1.6;
    const chosen = lines.find(({ run }) => run.id === (pointed ?? highlighted));
    const kept = lines.filter(({ run }) => inside.has(run.id));
    if (ranked) {
      // The best last, over the others.
      kept.sort((a, b) => (ranked.get(a.run.id) ?? -1) - (ranked.get(b.run.id) ?? -1));
      context.strokeStyle = colors.accent;
    }
    for (const { run, places } of kept) {
      if (!ranked) context.strokeStyle = colors.of(run);
      context.globalAlpha = chosen ? 0.15 : ranked ? 0.08 + 0.87 * (ranked.get(run.id) ?? 0) ** 4 : strength(inside.size);
      trace(places);
    }
    if (chosen) {
      context.globalAlpha = 1;
      context.lineWidth = 2.5;
      context.strokeStyle = colors.of(chosen.run);
      trace(chosen.places);
    }
    // The theme's number stands for the colours that are read.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [lines, inside, ranked, xOf, yOf, width, pointed, highlighted, theme, runs.length]);

  const at = (event: PointerEvent): { x: number; place: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, place: 1 - (event.clientY - box.top - top) / plot };
  };
  const onMove = (event: PointerEvent): void => {
    const { x, place } = at(event);
    if (drawing.current) {
      onBrush(drawing.current.axis.id, cleanRange([drawing.current.from, place]));
      return;
    }
    let found: RunId | undefined;
    let least = near / plot;
    for (const { run, places } of lines) {
      if (!inside.has(run.id)) continue;
      for (let index = 0; index + 1 < axes.length; index++) {
        const [left, right] = [places[index], places[index + 1]];
        if (x < xOf(index) || x > xOf(index + 1) || left === undefined || right === undefined) continue;
        const share = (x - xOf(index)) / (xOf(index + 1) - xOf(index));
        const distance = Math.abs(left + (right - left) * share - place);
        if (distance < least) {
          least = distance;
          found = run.id;
        }
      }
    }
    setPointed(found);
  };
  const onDown = (event: PointerEvent<HTMLDivElement>): void => {
    const { x, place } = at(event);
    const axis = axes.find((_, index) => Math.abs(xOf(index) - x) <= reach);
    if (!axis || event.button !== 0 || (event.target as Element).closest('button')) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = { axis, from: place };
    onBrush(axis.id, undefined);
    event.preventDefault();
  };
  const onCancel = (): void => {
    drawing.current = undefined;
  };
  const onUp = (): void => {
    if (!drawing.current && pointed !== undefined) highlight(pointed);
    onCancel();
  };

  const named = runs.find((run) => run.id === pointed);
  return (
    <div
      ref={frame}
      className="parallel"
      role="group"
      aria-label={t('comparison.parallel')}
      style={{ height }}
      onPointerMove={onMove}
      onPointerDown={onDown}
      onPointerUp={onUp}
      onPointerCancel={onCancel}
      onPointerLeave={() => setPointed(undefined)}
    >
      <canvas ref={canvas} style={{ width, height }} aria-hidden="true" />
      {width > 0 &&
        axes.map((axis, index) => {
          const range = brushes.get(axis.id);
          const last = index === axes.length - 1;
          return (
            <div key={axis.id} className="parallel-axis" style={{ left: xOf(index) }}>
              <span className={`parallel-title${axis.kind === 'metric' ? ' metric' : ''}`} title={words.title(axis)}>
                {words.title(axis)}
              </span>
              <span className="parallel-line" style={{ top, height: plot }} />
              {ticksOf(axis, 5).map(({ place, value }) => (
                <span key={String(value)} className={last ? 'parallel-tick right' : 'parallel-tick'} style={{ top: yOf(place) }}>
                  {typeof value === 'number'
                    ? axis.kind === 'metric'
                      ? formats.measure(value, 3)
                      : words.number(axis, value)
                    : String(value)}
                </span>
              ))}
              {range && (
                <span className="parallel-brush" style={{ top: yOf(range[1]), height: Math.max(3, (range[1] - range[0]) * plot) }} />
              )}
              <BrushHandle axis={axis} end={0} range={range} style={{ top: yOf(range?.[0] ?? 0) }} onBrush={onBrush} />
              <BrushHandle axis={axis} end={1} range={range} style={{ top: yOf(range?.[1] ?? 1) }} onBrush={onBrush} />
            </div>
          );
        })}
      {named && <output className="parallel-name">{named.name}</output>}
    </div>
  );
}
