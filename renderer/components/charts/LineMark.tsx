import './charts.css';
import { lineColor } from './palette.ts';
import type { LineSeries } from './series.ts';

const dashes: Record<LineSeries['dash'], string | undefined> = { solid: undefined, dot: '0.5 4', dash: '6 4' };

/** A short piece of a line as the chart draws it, for legends. */
export function LineMark({ color, dash, faint = false }: Pick<LineSeries, 'color' | 'dash' | 'faint'>) {
  return (
    <svg className="line-mark" viewBox="0 0 18 8" aria-hidden="true">
      <path
        d="M1 4h16"
        fill="none"
        stroke={lineColor(color)}
        strokeWidth="2"
        strokeLinecap="round"
        strokeDasharray={dashes[dash]}
        opacity={faint ? 0.5 : 1}
      />
    </svg>
  );
}
