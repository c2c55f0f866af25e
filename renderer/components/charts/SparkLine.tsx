import './charts.css';
import { runColor } from './palette.ts';

const width = 72;
const height = 18;
const edge = 2;

/** A curve as small as a word: its shape alone, from its lowest value to its highest. */
export function SparkLine({
  values,
  color,
  label,
}: {
  readonly values: readonly number[];
  readonly color: number;
  readonly label: string;
}) {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const points = values.flatMap((value, index) => {
    if (!Number.isFinite(value)) return [];
    const x = edge + (values.length === 1 ? 0.5 : index / (values.length - 1)) * (width - 2 * edge);
    const y = height - edge - ((value - low) / span) * (height - 2 * edge);
    return [`${x.toFixed(1)},${y.toFixed(1)}`];
  });
  return (
    <svg className="spark-line" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {points.length > 1 ? (
        <polyline points={points.join(' ')} fill="none" stroke={runColor(color)} strokeWidth={1.5} strokeLinejoin="round" />
      ) : (
        points.map((point) => <circle key={point} cx={point.split(',')[0]} cy={point.split(',')[1]} r={1.8} fill={runColor(color)} />)
      )}
    </svg>
  );
}
