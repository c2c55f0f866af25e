import './observed.css';
import type { RateSearch } from '#contract/observations.ts';
import { useFormats, useWords } from '../../words/use-words.ts';

const width = 560;
const height = 190;
const margin = { left: 44, right: 14, top: 10, bottom: 34 };

/** A few round numbers between two. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 4 || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((each) => each >= rough) ?? rough;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((high - first) / step) + 1) }, (_, index) => first + index * step);
}

/** The loss over the learning rate, which rises by the same factor from step to step; the suggested rate is marked. */
export function RateSearchChart({ search }: { readonly search: RateSearch }) {
  const t = useWords();
  const formats = useFormats();
  const { rates, losses, smoothed, suggested } = search;
  if (rates.length < 2) return <p className="quiet-text">{t('observed.searchShort')}</p>;
  const from = Math.log10(rates[0]);
  const to = Math.log10(rates.at(-1)!);
  // A single wild step does not flatten the curve.
  const low = Math.min(...smoothed);
  const high = Math.max(smoothed[0], ...smoothed.slice(0, -3), low + 1e-9);
  const span = high - low;
  const [bottom, top] = [low - 0.08 * span, high + 0.08 * span];
  const x = (rate: number) => margin.left + ((Math.log10(rate) - from) / (to - from)) * (width - margin.left - margin.right);
  const y = (loss: number) =>
    margin.top + (1 - (Math.min(top, Math.max(bottom, loss)) - bottom) / (top - bottom)) * (height - margin.top - margin.bottom);
  const points = rates.map((rate, index) => `${x(rate).toFixed(1)},${y(smoothed[index]).toFixed(1)}`).join(' ');
  const decades = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, index) => Math.ceil(from) + index);
  const said = suggested === undefined ? t('observed.searchNothing') : t('observed.searchSuggests', { rate: formats.setting(suggested) });
  return (
    <svg className="rate-search" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('observed.searchChart', { said })}>
      {ticksOf(bottom, top).map((tick) => (
        <g key={tick}>
          <line className="grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
          <text x={margin.left - 6} y={y(tick) + 3.5} textAnchor="end">
            {formats.measure(tick, 2)}
          </text>
        </g>
      ))}
      {decades.map((decade) => (
        <g key={decade}>
          <line className="grid" x1={x(10 ** decade)} x2={x(10 ** decade)} y1={margin.top} y2={height - margin.bottom} />
          <text x={x(10 ** decade)} y={height - margin.bottom + 14} textAnchor="middle">
            {formats.setting(10 ** decade)}
          </text>
        </g>
      ))}
      <text x={(margin.left + width - margin.right) / 2} y={height - 4} textAnchor="middle">
        {t('runs.learningRate')}
      </text>
      {rates.map(
        (rate, index) => Number.isFinite(losses[index]) && <circle key={rate} className="raw" cx={x(rate)} cy={y(losses[index])} r={1.6} />,
      )}
      <polyline points={points} />
      {suggested !== undefined && (
        <g className="suggested">
          <line x1={x(suggested)} x2={x(suggested)} y1={margin.top} y2={height - margin.bottom} />
          <text
            x={x(suggested) + (x(suggested) > width * 0.75 ? -5 : 5)}
            y={margin.top + 9}
            textAnchor={x(suggested) > width * 0.75 ? 'end' : 'start'}
          >
            {formats.setting(suggested)}
          </text>
        </g>
      )}
    </svg>
  );
}
