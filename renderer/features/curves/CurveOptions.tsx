import { metricName, spacedName } from '#contract/measured.ts';
import { bandKinds } from '#contract/curves/band.ts';
import type { CurveAxis } from '#contract/curves/request.ts';
import type { Smoothing } from '#contract/curves/smooth.ts';
import { Menu } from '../../components/Menu.tsx';
import type { WordKey } from '../../words/catalogue.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { type Arrangement, useCurvesStore } from './curves-store.ts';

interface Props {
  readonly metrics: readonly string[];
  /** Params that differ between the runs. */
  readonly params: readonly string[];
  readonly severalRuns: boolean;
}

const axes = ['epoch', 'step', 'samples', 'relativeTime', 'wallTime'] as const;
const kinds: readonly Smoothing['kind'][] = ['none', 'exponential', 'mean', 'gaussian'];
const arrangements: readonly Arrangement[] = ['metric', 'run', 'one'];
const usual: Record<Smoothing['kind'], Smoothing> = {
  none: { kind: 'none' },
  exponential: { kind: 'exponential', weight: 0.6 },
  mean: { kind: 'mean', points: 5 },
  gaussian: { kind: 'gaussian', deviation: 2 },
};

/** What stands under the curves, how they are smoothed and put together. */
export function CurveOptions({ metrics, params, severalRuns }: Props) {
  const t = useWords();
  const formats = useFormats();
  const { x, logX, logY, smoothing, withoutOutliers, arrangement, groupBy, band, set } = useCurvesStore();
  const axisValue = typeof x === 'string' ? x : `metric:${x.metric}`;
  const axisOf = (value: string): CurveAxis =>
    value.startsWith('metric:') ? { metric: value.slice('metric:'.length) } : (axes.find((one) => one === value) ?? 'epoch');
  const strength: { readonly min: number; readonly max: number; readonly step: number; readonly value: number } | undefined = {
    none: undefined,
    exponential: { min: 0, max: 0.99, step: 0.01, value: smoothing.kind === 'exponential' ? smoothing.weight : 0 },
    mean: { min: 3, max: 101, step: 2, value: smoothing.kind === 'mean' ? smoothing.points : 3 },
    gaussian: { min: 0.5, max: 50, step: 0.5, value: smoothing.kind === 'gaussian' ? smoothing.deviation : 1 },
  }[smoothing.kind];
  const setStrength = (value: number): void => {
    if (smoothing.kind === 'exponential') set({ smoothing: { kind: 'exponential', weight: value } });
    else if (smoothing.kind === 'mean') set({ smoothing: { kind: 'mean', points: value } });
    else if (smoothing.kind === 'gaussian') set({ smoothing: { kind: 'gaussian', deviation: value } });
  };
  return (
    <div className="curve-options" role="toolbar" aria-label={t('curves.options')}>
      <label className="check-label">
        {t('curves.x')}
        <select className="mini-select" value={axisValue} onChange={(event) => set({ x: axisOf(event.target.value) })}>
          {axes.map((axis) => (
            <option key={axis} value={axis}>
              {t(`curves.x.${axis}` satisfies WordKey)}
            </option>
          ))}
          {metrics.map((metric) => (
            <option key={metric} value={`metric:${metric}`}>
              {metricName(t, metric)}
            </option>
          ))}
        </select>
      </label>
      <label className="check-label">
        <input type="checkbox" checked={logX} onChange={(event) => set({ logX: event.target.checked })} />
        {t('curves.logX')}
      </label>
      <label className="check-label">
        <input type="checkbox" checked={logY} onChange={(event) => set({ logY: event.target.checked })} />
        {t('curves.logY')}
      </label>
      <label className="check-label">
        {t('curves.smoothing')}
        <select
          className="mini-select"
          value={smoothing.kind}
          onChange={(event) => set({ smoothing: usual[kinds.find((kind) => kind === event.target.value) ?? 'none'] })}
        >
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`curves.smoothing.${kind}` satisfies WordKey)}
            </option>
          ))}
        </select>
      </label>
      {strength && (
        <label className="check-label">
          <input
            type="range"
            className="mini-range"
            aria-label={t('curves.strength')}
            min={strength.min}
            max={strength.max}
            step={strength.step}
            value={strength.value}
            onChange={(event) => setStrength(Number(event.target.value))}
          />
          <output>{formats.setting(strength.value)}</output>
        </label>
      )}
      <label className="check-label">
        <input type="checkbox" checked={withoutOutliers} onChange={(event) => set({ withoutOutliers: event.target.checked })} />
        {t('curves.withoutOutliers')}
      </label>
      <label className="check-label">
        {t('curves.arrangement')}
        <select
          className="mini-select"
          value={arrangement}
          onChange={(event) => set({ arrangement: arrangements.find((one) => one === event.target.value) ?? 'metric' })}
        >
          {arrangements.map((one) => (
            <option key={one} value={one}>
              {t(`curves.arrangement.${one}` satisfies WordKey)}
            </option>
          ))}
        </select>
      </label>
      {severalRuns && params.length > 0 && (
        <Menu
          label={t('curves.group')}
          items={[
            { id: 'none', label: t('runs.groupNone'), checked: groupBy.length === 0, onSelect: () => set({ groupBy: [] }) },
            ...params.map((param, index) => ({
              id: param,
              label: spacedName(param),
              checked: groupBy.includes(param),
              separated: index === 0,
              onSelect: () => set({ groupBy: groupBy.includes(param) ? groupBy.filter((other) => other !== param) : [...groupBy, param] }),
            })),
          ]}
          trigger={(props) => (
            <button type="button" className="mini-select" {...props}>
              {groupBy.length === 0 ? t('curves.group') : t('curves.groupedBy', { params: groupBy.map(spacedName).join(', ') })}
            </button>
          )}
        />
      )}
      {severalRuns && groupBy.length > 0 && (
        <label className="check-label">
          {t('curves.band')}
          <select
            className="mini-select"
            value={band}
            onChange={(event) => set({ band: bandKinds.find((kind) => kind === event.target.value) ?? 'deviation' })}
          >
            {bandKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`curves.band.${kind}` satisfies WordKey)}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
