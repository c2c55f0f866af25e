import type { CSSProperties, KeyboardEvent } from 'react';
import { useWords } from '../../../words/use-words.ts';
import { type Axis, cleanRange, type Range } from './axes.ts';
import { useAxisWords } from './use-axis-words.ts';

interface Props {
  readonly axis: Axis;
  readonly end: 0 | 1;
  readonly range: Range | undefined;
  readonly orientation?: 'vertical' | 'horizontal';
  /** Where it lies. */
  readonly style: CSSProperties;
  readonly onBrush: (axis: string, range: Range | undefined) => void;
}

/** One end of a brush, moved by the arrow keys; Escape takes the brush away. */
export function BrushHandle({ axis, end, range, orientation = 'vertical', style, onBrush }: Props) {
  const t = useWords();
  const words = useAxisWords();
  const [from, to] = range ?? [0, 1];
  const place = end === 0 ? from : to;
  const step = axis.scale === 'names' ? 1 / Math.max(1, axis.names.length - 1) : 0.05;
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, Home: -1, End: 1 };
    const by = moves[event.key];
    if (event.key === 'Escape' && range) onBrush(axis.id, undefined);
    else if (by === undefined) return;
    else if (end === 0) onBrush(axis.id, cleanRange([Math.min(to, Math.max(0, from + by)), to]));
    else onBrush(axis.id, cleanRange([from, Math.max(from, Math.min(1, to + by))]));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      className={`brush-handle ${orientation}`}
      // A range's two ends on one axis are two sliders.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="slider"
      tabIndex={0}
      aria-orientation={orientation}
      aria-label={t(end === 0 ? 'comparison.brushFrom' : 'comparison.brushTo', { axis: words.title(axis) })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(place * 100)}
      aria-valuetext={words.at(axis, place)}
      style={style}
      onKeyDown={onKeyDown}
    />
  );
}
