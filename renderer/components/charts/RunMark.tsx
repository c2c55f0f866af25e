import './charts.css';
import { runColor, type RunShape, runShape } from './palette.ts';

const paths: Record<RunShape, string> = {
  circle: 'M5.5 1a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z',
  square: 'M1.5 1.5h8v8h-8z',
  diamond: 'M5.5 0 11 5.5 5.5 11 0 5.5z',
  'triangle-up': 'M5.5 .8 10.7 10H.3z',
  pentagon: 'M5.5 .6 10.6 4.3 8.7 10.3H2.3L.4 4.3z',
  cross: 'M3.8.5h3.4v3.3h3.3v3.4H7.2v3.3H3.8V7.2H.5V3.8h3.3z',
};

/** A run's dot in lists and legends: its colour and its shape. The name stands beside it. */
export function RunMark({ color }: { color: number }) {
  return (
    <svg className="run-mark" viewBox="0 0 11 11" aria-hidden="true">
      <path d={paths[runShape(color)]} fill={runColor(color)} />
    </svg>
  );
}
