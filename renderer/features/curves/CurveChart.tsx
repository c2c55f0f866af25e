import { familyName, heading, metricName } from '#contract/measured.ts';
import { Download } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CurveAxis, CurvesRequest, DrawnCurves } from '#contract/curves/request.ts';
import { isGoingOn } from '#contract/going-on.ts';
import { padded } from '../../components/charts/figure.ts';
import { LineMark } from '../../components/charts/LineMark.tsx';
import { LineChart } from '../../components/charts/LineChart.tsx';
import { pictureWidth, saveCsv, savePicture } from '../../components/charts/picture/save-chart.ts';
import { type LineSeries, type Reading, readingsAt } from '../../components/charts/series.ts';
import { type AxisKind, ticksOfTime } from '../../components/charts/ticks.ts';
import { IconButton } from '../../components/IconButton.tsx';
import { Menu } from '../../components/Menu.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow, useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { bestOf, betterOf, validationPrefix } from '../runs/metrics.ts';
import { bestMarkers, type ChartOfCurves, decimationOf, extentOf, rangeOf, requestOf, seriesOf } from './curve-series.ts';
import { useCurvesStore } from './curves-store.ts';
import { everyPoint, useCurves } from './use-curves.ts';

interface Props {
  readonly chart: ChartOfCurves;
  readonly training: boolean;
  readonly groups: { readonly names: ReadonlyMap<string, string>; readonly colors: ReadonlyMap<string, number> };
  readonly height: number;
  readonly zoom: readonly [number, number] | undefined;
  readonly onZoom: (range: readonly [number, number] | undefined) => void;
  readonly cursor: number | undefined;
  readonly onCursor: (x: number | undefined) => void;
}

/** Dots of more runs would hide their curves. */
const mostMarked = 12;

function kindOf(axis: CurveAxis): AxisKind {
  if (typeof axis !== 'string') return 'number';
  return axis === 'relativeTime' ? 'duration' : axis === 'wallTime' ? 'moment' : 'count';
}

export function CurveChart({ chart, training, groups, height, zoom, onZoom, cursor, onCursor }: Props) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const { x: axis, logX, logY, smoothing, band, withoutOutliers, highlighted, highlight } = useCurvesStore();
  const { families, runs } = chart;

  const metrics = useMemo(() => {
    const known = new Set(runs.flatMap((run) => Object.keys(run.metrics)));
    return families.flatMap((family) => {
      const hasValidation = known.has(validationPrefix + family);
      return [...(training || !hasValidation ? [family] : []), ...(hasValidation ? [validationPrefix + family] : [])];
    });
  }, [runs, families, training]);
  const whole = useMemo(
    () => requestOf(runs, metrics, groups.names, { x: axis, smoothing, band, logX, withoutOutliers }),
    [runs, metrics, groups.names, axis, smoothing, band, logX, withoutOutliers],
  );
  const [zoomFrom, zoomTo] = zoom ?? [];
  const range = useMemo(
    (): CurvesRequest['range'] => (zoomFrom === undefined || zoomTo === undefined ? undefined : [zoomFrom, zoomTo]),
    [zoomFrom, zoomTo],
  );
  const settled = runs.every((run) => !isGoingOn(run));
  const { drawn, complete, shownRange, error } = useCurves(whole, range, settled);

  const nameLine = useMemo(() => {
    const part = (metric: string): string => t(metric.startsWith(validationPrefix) ? 'runs.validation' : 'runs.training');
    return (owner: string, metric: string): string => {
      if (families.length > 1)
        return runs.length > 1 ? t('comparison.line', { run: owner, part: metricName(t, metric) }) : metricName(t, metric);
      return runs.length > 1 ? t('comparison.line', { run: owner, part: part(metric) }) : part(metric);
    };
  }, [t, families.length, runs.length]);
  const series = useMemo(
    () => (drawn ? seriesOf(drawn, runs, families, groups.colors, highlighted, nameLine) : []),
    [drawn, runs, families, groups.colors, highlighted, nameLine],
  );
  const markers = useMemo(
    () => (axis === 'epoch' && smoothing.kind === 'none' && runs.length <= mostMarked ? bestMarkers(runs, families, series) : []),
    [axis, smoothing.kind, runs, families, series],
  );
  const decimated = useMemo(() => (drawn ? decimationOf(drawn) : undefined), [drawn]);
  const isCut = decimated !== undefined && decimated.drawn < decimated.points;
  const extent = useMemo(() => drawn && extentOf(drawn), [drawn]);
  const yRange = useMemo(() => drawn && rangeOf(drawn, logY, withoutOutliers), [drawn, logY, withoutOutliers]);
  const best = betterOf(families[0] ?? 'loss');
  const toSeries = (found: DrawnCurves) => seriesOf(found, runs, families, groups.colors, highlighted, nameLine);
  const isNear = axis !== 'epoch';
  const at = cursor === undefined || isNear ? cursor : Math.round(cursor);
  const asked = useReadings(isCut && !complete ? at : undefined, whole, isNear, best, toSeries);
  const readings = complete && at !== undefined ? readingsAt(toSeries(complete), at, best, isNear) : asked;

  const only = runs.length === 1 ? runs[0] : undefined;
  const title =
    families.length === 1 && !(only && chart.id === only.id)
      ? heading(familyName(t, families[0] ?? 'loss'))
      : only
        ? only.name
        : families.map((family) => heading(familyName(t, family))).join(', ');
  const xLabel = typeof axis === 'string' ? t(`curves.x.${axis}`) : metricName(t, axis.metric);
  const judged = only && [validationPrefix + families[0], families[0] ?? 'loss'].find((metric) => metric in only.metrics);
  const bestValue = only && families.length === 1 && judged !== undefined ? bestOf(judged, only.metrics[judged]) : undefined;
  const planned =
    axis === 'epoch' ? Math.max(0, ...runs.map((run) => (isGoingOn(run) && run.status !== 'queued' ? run.plannedEpochs : 0))) : 0;

  /** Every point of what is shown, whatever the screen leaves out. */
  const save = async (format: 'svg' | 'png' | 'csv'): Promise<void> => {
    try {
      const every = await call('runs.curves', { ...whole, points: everyPoint });
      const all = toSeries(every);
      const name = only ? `${title}, ${only.name}` : title;
      if (format === 'csv') {
        saveCsv(all, typeof axis === 'string' ? axis : axis.metric, name);
        return;
      }
      const xRange = extentOf(every) ?? ([0, 1] as const);
      const inView = zoom ?? padded(xRange, logX);
      const xTicks = ticksOfTime(kindOf(axis), inView, pictureWidth, logX, formats);
      const wholeX = kindOf(axis) === 'count';
      await savePicture({ title: name, series: all, markers, xLabel, logY, logX, wholeX, xTicks, yRange, xRange, zoom: inView }, format);
    } catch (problem) {
      toast({ text: errorTextNow(problem), tone: 'bad' });
    }
  };

  return (
    <section className={runs.length > 1 ? 'card' : 'curve-chart'}>
      <h2 className="curve-head">
        {title}
        {only && families.length > 1 && (
          <span className="curve-families">
            {families.map((family, index) => (
              <span key={family} className="check-label">
                <LineMark color={only.color + index} dash="solid" /> {familyName(t, family)}
              </span>
            ))}
          </span>
        )}
        <span className="curve-legend">
          {bestValue
            ? t('runs.bestAt', { value: formats.measure(bestValue.value), epoch: bestValue.epoch })
            : runs.length > 1 && t('curves.byAxis', { axis: xLabel, count: runs.length })}
          <Menu
            label={t('curves.save')}
            items={(['svg', 'png', 'csv'] as const).map((format) => ({
              id: format,
              label: t(`curves.save.${format}`),
              onSelect: () => void save(format),
            }))}
            trigger={(props) => <IconButton label={t('curves.saveOf', { chart: title })} icon={<Download size={13} />} {...props} />}
          />
        </span>
      </h2>
      {error !== undefined && <p className="run-error">{errorText(error)}</p>}
      <LineChart
        series={series}
        markers={markers}
        yLabel={only ? `${title}, ${only.name}` : t('comparison.chartOf', { metric: title, count: runs.length })}
        xLabel={xLabel}
        height={height}
        axis={kindOf(axis)}
        logX={logX}
        logY={logY}
        best={best}
        plannedEpochs={planned}
        extent={extent}
        decimated={decimated}
        {...(axis !== 'epoch' && { empty: t('curves.noPlace', { axis: xLabel }) })}
        loading={drawn === undefined}
        yRange={yRange}
        zoom={shownRange}
        onZoom={onZoom}
        cursor={cursor}
        onCursor={onCursor}
        readings={isCut ? readings : undefined}
        onSave={() => void save('png')}
        onPick={runs.length > 1 ? (one: LineSeries) => highlight(one.id.slice(0, one.id.lastIndexOf(':'))) : undefined}
      />
    </section>
  );
}

/** The values at the cursor from the core, where what is drawn does not hold every point; one question at a time. */
function useReadings(
  cursor: number | undefined,
  request: CurvesRequest,
  nearest: boolean,
  best: 'min' | 'max',
  toSeries: (found: DrawnCurves) => LineSeries[],
): readonly Reading[] {
  const [found, setFound] = useState<readonly Reading[]>([]);
  const asking = useRef(false);
  const next = useRef<() => void>(undefined);
  useEffect(() => {
    if (cursor === undefined) return;
    const ask = (): void => {
      asking.current = true;
      askAt(request, cursor)
        .then((drawn) => setFound(readingsAt(toSeries(drawn), cursor, best, nearest)))
        // The chart itself says what is wrong.
        .catch(() => setFound([]))
        .finally(() => {
          asking.current = false;
          const later = next.current;
          next.current = undefined;
          later?.();
        });
    };
    if (asking.current) next.current = ask;
    else ask();
    // What the series are made of changes with the request.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [cursor, request, nearest, best]);
  return cursor === undefined ? [] : found;
}

function askAt(request: CurvesRequest, x: number) {
  return call('runs.curves', { ...request, range: [x, x], points: 16 });
}
