import type { Histogram } from '#contract/observations.ts';
import { useFormats, useWords } from '../../words/use-words.ts';

const width = 96;
const height = 22;

/** How values are spread, as bars of a word's height, with the ends in numbers. */
export function HistogramMark({ histogram, of }: { readonly histogram: Histogram; readonly of: string }) {
  const t = useWords();
  const formats = useFormats();
  const { min, max, counts } = histogram;
  const top = Math.max(1, ...counts);
  const bar = width / counts.length;
  const range = { of, min: formats.measure(min, 2), max: formats.measure(max, 2) };
  // Where 0 lies, if it lies within.
  const zero = min < 0 && max > 0 ? (-min / (max - min)) * width : undefined;
  return (
    <span className="histogram">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('observed.histogram', range)}>
        <title>{t('observed.histogram', range)}</title>
        {counts.map((count, index) => {
          const size = count === 0 ? 0 : Math.max(1, (count / top) * (height - 2));
          // A bin has no name but its place.
          // oxlint-disable-next-line react/no-array-index-key
          return <rect key={index} x={index * bar} y={height - size} width={Math.max(1, bar - 0.6)} height={size} />;
        })}
        {zero !== undefined && <line x1={zero} x2={zero} y1={0} y2={height} />}
      </svg>
      <span className="histogram-ends">
        {formats.measure(min, 2)} … {formats.measure(max, 2)}
      </span>
    </span>
  );
}
