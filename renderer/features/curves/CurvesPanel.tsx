import '../comparison/comparison.css';
import './curves.css';
import { familyName, heading, spacedName } from '#contract/measured.ts';
import { SlidersHorizontal } from 'lucide-react';
import { memo, useCallback, useMemo, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { LineMark } from '../../components/charts/LineMark.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { familiesOf, validationPrefix } from '../runs/metrics.ts';
import { CurveChart } from './CurveChart.tsx';
import { CurveOptions } from './CurveOptions.tsx';
import { HighlightButton } from './HighlightButton.tsx';
import { type ChartOfCurves, groupNames } from './curve-series.ts';
import { type Arrangement, useCurvesStore } from './curves-store.ts';

/** With more runs than this, training lines are there for the asking. */
const usuallyBoth = 4;
/** More are counted. */
const legendLimit = 60;
/** Charts at first; more metrics are there for the asking. */
const usualCharts = 4;

interface Props {
  readonly runs: readonly RunSummary[];
  /** One chart, with a choice of metric, instead of one for each. */
  readonly compact?: boolean;
  readonly height?: number;
}

/** `families` are joined by line breaks: equal ones give the same charts. */
function chartsOf(arrangement: Arrangement, families: string, runs: readonly RunSummary[]): ChartOfCurves[] {
  const all = families === '' ? ['loss'] : families.split('\n');
  if (arrangement === 'one') return [{ id: 'one', families: all, runs }];
  if (arrangement === 'run') return runs.map((run) => ({ id: run.id, families: all, runs: [run] }));
  return all.map((family) => ({ id: family, families: [family], runs }));
}

/** The curves of one or several runs: any metrics, over any axis, with what a person wants to know under the cursor. */
export function CurvesPanel({ runs, compact = false, height = compact ? 250 : 300 }: Props) {
  const t = useWords();
  const formats = useFormats();
  const { x, logX, arrangement, groupBy } = useCurvesStore();
  const metrics = useMemo(() => [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))], [runs]);
  const families = useMemo(() => familiesOf(metrics), [metrics]);
  const [picked, setPicked] = useState<ReadonlySet<string>>();
  const [wantsTraining, setTraining] = useState<boolean>();
  const [showsOptions, setShowsOptions] = useState(false);
  // What is in view over one axis means nothing over another.
  const axis = JSON.stringify([x, logX]);
  const [view, setView] = useState<{ readonly axis: string; readonly range: readonly [number, number] | undefined }>();
  const zoom = view?.axis === axis ? view.range : undefined;
  const setZoom = useCallback((range: readonly [number, number] | undefined) => setView({ axis, range }), [axis]);
  const [cursor, setCursor] = useState<number>();

  const training = wantsTraining ?? runs.length <= usuallyBoth;
  const several = runs.length > 1;
  const usual = compact ? families.slice(-1) : families.slice(0, usualCharts);
  const shown = families.filter((family) => (picked ? picked.has(family) : usual.includes(family)));
  const hasValidation = metrics.some((name) => name.startsWith(validationPrefix));
  const pick = (family: string): void => {
    if (compact && arrangement !== 'one') setPicked(new Set([family]));
    else {
      const next = new Set(shown);
      if (!next.delete(family)) next.add(family);
      if (next.size > 0) setPicked(next);
    }
  };

  const params = useMemo(() => {
    const names = [...new Set(runs.flatMap((run) => Object.keys(run.params)))];
    return names.filter((name) => runs.some((run) => run.params[name] !== runs[0]?.params[name]));
  }, [runs]);
  const groupParams = groupBy.filter((param) => params.includes(param));
  const groupKey = groupParams.join('\n');
  const groups = useMemo(() => {
    const by = groupKey === '' ? [] : groupKey.split('\n');
    const write = (param: string, value: unknown): string =>
      `${spacedName(param)} ${value === undefined ? '–' : formats.setting(value as string | number | boolean)}`;
    return by.length > 0 && several ? groupNames(runs, by, write) : { names: new Map<string, string>(), colors: new Map<string, number>() };
  }, [runs, groupKey, several, formats]);

  const shownKey = shown.join('\n');
  // No compiler memoizes here; new charts would be fetched and drawn again.
  // oxlint-disable-next-line react/preserve-manual-memoization
  const charts = useMemo(() => chartsOf(arrangement, shownKey, runs), [arrangement, shownKey, runs]);

  return (
    <div className="comparison-charts">
      <div className="comparison-tools" role="toolbar" aria-label={t('comparison.charts')}>
        {families.length > 1 && (
          <span className="segments">
            {families.map((family) => (
              <button key={family} type="button" aria-pressed={shown.includes(family)} onClick={() => pick(family)}>
                {heading(familyName(t, family))}
              </button>
            ))}
          </span>
        )}
        {hasValidation && (
          <label className="check-label">
            <input type="checkbox" checked={training} onChange={(event) => setTraining(event.target.checked)} />
            <LineMark color="--ink-2" dash="solid" /> {t('runs.training')}
          </label>
        )}
        {hasValidation && (
          <span className="check-label">
            <LineMark color="--ink-2" dash="dot" /> {t('runs.validation')}
          </span>
        )}
        <button
          type="button"
          className="mini-select options-toggle"
          aria-expanded={showsOptions}
          onClick={() => setShowsOptions((was) => !was)}
        >
          <SlidersHorizontal size={13} aria-hidden /> {t('curves.options')}
        </button>
      </div>
      {showsOptions && <CurveOptions metrics={metrics} params={params} severalRuns={several} />}
      <div className={charts.length > 1 ? 'family-charts several' : 'family-charts'}>
        {charts.map((chart) => (
          <CurveChart
            key={chart.id}
            chart={chart}
            training={training}
            groups={groups}
            height={height}
            zoom={zoom}
            onZoom={setZoom}
            cursor={cursor}
            onCursor={setCursor}
          />
        ))}
      </div>
      {several && <Legend runs={runs} groups={groups.colors} />}
    </div>
  );
}

/** Runs or groups by name; choosing one makes it stand out everywhere. */
const Legend = memo(function Legend({
  runs,
  groups,
}: {
  readonly runs: readonly RunSummary[];
  readonly groups: ReadonlyMap<string, number>;
}) {
  const t = useWords();
  const entries = groups.size > 0 ? Array.from(groups, ([name, color]) => ({ id: name, name, color })) : runs;
  return (
    <ul className="comparison-legend" aria-label={t('comparison.legend')}>
      {entries.slice(0, legendLimit).map(({ id, name, color }) => (
        <li key={id}>
          <HighlightButton id={id} name={name} color={color} />
        </li>
      ))}
      {entries.length > legendLimit && <li className="quiet-text">{t('chart.more', { count: entries.length - legendLimit })}</li>}
    </ul>
  );
});
