import './charts.css';
import type { PlotlyHTMLElement } from 'plotly.js';
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { errorTextNow } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { toast } from '../toast-store.ts';
import { makeFigure, margins, padded, pixelOf, placeOf, wholeRange } from './figure.ts';
import { LineMark } from './LineMark.tsx';
import { loadPlotly, type Plotly } from './load-plotly.ts';
import { paint } from './paint.ts';
import { lineColor } from './palette.ts';
import { pictureWidth, savePicture } from './picture/save-chart.ts';
import { type ChartMarker, countPlaced, leastPositive, type LineSeries, nearestStop, type Reading, readingsAt, stopsOf } from './series.ts';
import { type AxisKind, ticksOfTime } from './ticks.ts';
import { useChartSummary } from './use-chart-summary.ts';
import { readTheme, useThemeNumber } from './theme.ts';

interface Props {
  readonly series: readonly LineSeries[];
  /** What is measured: the chart's accessible name. A heading above the chart says it to the eye. */
  readonly yLabel: string;
  /** Under the x axis. */
  readonly xLabel: string;
  /** Pixels; kept while the chart is being loaded, so that nothing jumps. */
  readonly height?: number;
  readonly logY?: boolean;
  readonly logX?: boolean;
  readonly axis?: AxisKind;
  /** What is better, for the order of the values under the pointer. */
  readonly best?: 'min' | 'max';
  readonly markers?: readonly ChartMarker[];
  /** The axis reaches at least as far as this, so that a run in progress has its place. */
  readonly plannedEpochs?: number;
  /** Both ends of the whole axis, where the series are only what is in view. */
  readonly extent?: readonly [number, number] | undefined;
  /** Where the series were decimated for what is in view: points there are, and points drawn. */
  readonly decimated?: { readonly points: number; readonly drawn: number } | undefined;
  readonly yRange?: readonly [number, number] | undefined;
  /** What is in view, where several charts or their data follow it. */
  readonly zoom?: readonly [number, number] | undefined;
  readonly onZoom?: (range: readonly [number, number] | undefined) => void;
  /** The x under the pointer or the keyboard's cursor, where several charts share one. */
  readonly cursor?: number | undefined;
  readonly onCursor?: (x: number | undefined) => void;
  /** The values at the cursor, where the series do not hold every point. */
  readonly readings?: readonly Reading[] | undefined;
  /** A click: the line nearest to it. */
  readonly onPick?: (series: LineSeries) => void;
  /** Saves a picture, where the series do not hold every point. */
  readonly onSave?: () => void;
  /** What is said where there is no point. */
  readonly empty?: string;
  /** The series are still being fetched: what is not there is not missing. */
  readonly loading?: boolean;
  readonly onHover?: (epoch: number | undefined) => void;
}

const noMarkers: readonly ChartMarker[] = [];
/** Between two drawings of a live chart. */
const shortestPauseMs = 100;
/** Rows of the list under the pointer; more are counted. */
const readingLimit = 12;
/** More points than this are not gone through for every movement of the pointer. */
const mostStops = 20_000;

/** Where Plotly has put the lines of its grid, in pixels from the top; over a raster they are not shown. */
function gridOf(plot: HTMLElement): number[] {
  return Array.from(plot.querySelectorAll('.gridlayer .ygrid'), (line) =>
    Number(/,\s*([-\d.]+)/.exec(line.getAttribute('transform') ?? '')?.[1]),
  ).filter(Number.isFinite);
}

/**
 * Lines over epochs or time: live, zoomable and moved with the pointer (drag, with Shift, double click) and with the
 * keyboard (arrows, + and −, [ and ], 0). Few points are drawn by Plotly, many as a raster on its axes.
 */
export function LineChart({
  series,
  yLabel,
  xLabel,
  height = 220,
  logY = false,
  logX = false,
  axis = 'count',
  best = 'min',
  markers = noMarkers,
  plannedEpochs = 0,
  extent,
  decimated,
  yRange: givenRange,
  zoom: givenZoom,
  onZoom,
  cursor: givenCursor,
  onCursor,
  readings: givenReadings,
  onPick,
  onSave,
  empty,
  loading = false,
  onHover,
}: Props) {
  const t = useWords();
  const formats = useFormats();
  const themeNumber = useThemeNumber();
  const keys = useId();
  const plot = useRef<HTMLDivElement>(null);
  const [plotly, setPlotly] = useState<Plotly>();
  const [failed, setFailed] = useState(false);
  const [width, setWidth] = useState(0);
  const [ownZoom, setOwnZoom] = useState<readonly [number, number]>();
  const zoom = onZoom ? givenZoom : ownZoom;
  const setZoom = onZoom ?? setOwnZoom;
  const [revision, setRevision] = useState(0);
  const [ownCursor, setOwnCursor] = useState<number>();
  const cursor = onCursor ? givenCursor : ownCursor;
  const setCursor = onCursor ?? setOwnCursor;
  const canvas = useRef<HTMLCanvasElement>(null);
  /** What the y axis shows where Plotly has fitted it, or the person has zoomed into it. */
  const [plotlyY, setPlotlyY] = useState<readonly [number, number]>();
  const drawnAt = useRef(Number.NEGATIVE_INFINITY);
  /** What a picture is made of. */
  const latest = useRef<() => void>(undefined);
  /** The drawing that has listeners, told by its configuration. */
  const listening = useRef<unknown>(undefined);

  const points = series.reduce((sum, one) => sum + one.x.length, 0);
  const isEmpty = points === 0;
  const { numbers, placed } = useMemo(() => countPlaced(series, logX, logY), [series, logX, logY]);
  const nothing = isEmpty
    ? (empty ?? t('chart.empty'))
    : numbers === 0
      ? t('chart.noNumber')
      : placed === 0
        ? t('chart.noneAbove0')
        : undefined;
  /** Where the cursor can stand; undefined where it is not worth gathering. */
  const stops = useMemo(() => (points <= mostStops && !decimated ? stopsOf(series) : undefined), [series, points, decimated]);
  const [rangeStart, rangeEnd] = useMemo(() => {
    const [low, high] = extent ?? wholeRange(series, plannedEpochs);
    const end = Math.max(high, plannedEpochs);
    if (!logX) return end > low ? [low, end] : [low, low + 1];
    const first = low > 0 ? low : leastPositive(series);
    return [first, end > first ? end : first * 10];
  }, [series, extent, plannedEpochs, logX]);
  const shown = zoom ?? padded([rangeStart, rangeEnd], logX);
  const [shownFrom, shownTo] = shown;
  const xTicks = useMemo(
    () => ticksOfTime(axis, [shownFrom, shownTo], width, logX, formats),
    [axis, logX, shownFrom, shownTo, width, formats],
  );
  const figure = useMemo(
    () =>
      // Axes of nothing would be wrong a moment later.
      plotly && width > 0 && !loading
        ? makeFigure({
            series,
            markers,
            width,
            height,
            xLabel,
            logY,
            logX,
            wholeX: axis === 'count',
            xTicks,
            yRange: givenRange,
            decimated,
            xRange: [rangeStart, rangeEnd],
            zoom,
            theme: readTheme(),
            revision,
          })
        : undefined,
    // The theme's number stands for what readTheme() finds.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [
      plotly,
      loading,
      series,
      markers,
      width,
      height,
      xLabel,
      logY,
      logX,
      axis,
      xTicks,
      givenRange,
      decimated,
      rangeStart,
      rangeEnd,
      zoom,
      revision,
      themeNumber,
    ],
  );

  // Logarithms where the axis is logarithmic.
  const [yLow, yHigh] = plotlyY ?? figure?.yRange ?? [];
  const yRange = useMemo(() => (yLow === undefined || yHigh === undefined ? undefined : ([yLow, yHigh] as const)), [yLow, yHigh]);

  const reset = useCallback(() => {
    setZoom(undefined);
    setRevision((number) => number + 1);
  }, [setZoom]);

  useEffect(() => {
    let wanted = true;
    loadPlotly().then(
      (loaded) => wanted && setPlotly(() => loaded),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, []);

  useEffect(() => {
    const element = plot.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = plot.current;
    return () => {
      listening.current = undefined;
      drawnAt.current = Number.NEGATIVE_INFINITY;
      if (plotly && element) plotly.purge(element);
    };
  }, [plotly]);

  const saveImage = useCallback((): void => latest.current?.(), []);
  useEffect(() => {
    latest.current = () => {
      if (onSave) {
        onSave();
        return;
      }
      const range = [rangeStart, rangeEnd] as const;
      const ticks = ticksOfTime(axis, zoom ?? range, pictureWidth, logX, formats);
      const input = {
        series,
        markers,
        xLabel,
        logY,
        logX,
        wholeX: axis === 'count',
        xTicks: ticks,
        yRange: givenRange,
        xRange: range,
        zoom,
      };
      savePicture({ ...input, title: yLabel }, 'png').catch((error: unknown) => toast({ text: errorTextNow(error), tone: 'bad' }));
    };
  });

  // One object for as long as the language stays: with another one Plotly would draw everything anew.
  const config = useMemo(
    () =>
      plotly && {
        displaylogo: false,
        doubleClick: false as const,
        showTips: false,
        modeBarButtons: [
          [
            { name: 'reset', title: t('chart.whole'), icon: plotly.Icons.home, click: reset },
            { name: 'save', title: t('chart.savePicture'), icon: plotly.Icons.camera, click: saveImage },
          ],
        ],
      },
    [plotly, t, reset, saveImage],
  );

  // Before the page is painted, so that lines, axes and what stands around them change in one frame.
  useLayoutEffect(() => {
    const element = plot.current as PlotlyHTMLElement | null;
    if (!plotly || !config || !figure || !element) return undefined;
    const listen = (): void => {
      // A whole new drawing, as after a change of language, has lost its listeners.
      element.removeAllListeners('plotly_doubleclick');
      element.removeAllListeners('plotly_relayout');
      element.on('plotly_doubleclick', reset);
      element.on('plotly_relayout', (event) => {
        const from = Number(event['xaxis.range[0]']);
        const to = Number(event['xaxis.range[1]']);
        if (Number.isFinite(from) && Number.isFinite(to)) setZoom(logX ? [10 ** from, 10 ** to] : [from, to]);
        readYRange();
      });
    };
    const readYRange = (): void => {
      const range = element.layout.yaxis?.range;
      const low = Number(range?.[0]);
      const high = Number(range?.[1]);
      const isTold = figure.yRange?.[0] === low && figure.yRange[1] === high;
      setPlotlyY((was) => (isTold ? undefined : was && was[0] === low && was[1] === high ? was : [low, high]));
    };
    const draw = (): void => {
      drawnAt.current = performance.now();
      void plotly.react(element, figure.data, figure.layout, config).then(() => {
        readYRange();
        if (listening.current === config) return;
        listening.current = config;
        listen();
      });
    };
    // Epochs may come faster than their elements can be drawn or seen; a raster is drawn as fast as it comes.
    const waitMs = figure.dense ? 0 : drawnAt.current + shortestPauseMs - performance.now();
    if (waitMs <= 0) {
      draw();
      return undefined;
    }
    const timer = setTimeout(draw, waitMs);
    return () => clearTimeout(timer);
  }, [plotly, config, figure, reset, setZoom, logX]);

  const dense = figure?.dense === true;
  useLayoutEffect(() => {
    const grid = dense && plot.current ? gridOf(plot.current) : [];
    paint(canvas.current, dense && yRange ? series : [], { x: [shownFrom, shownTo], y: yRange ?? [0, 1], logX, logY, width, height, grid });
    // The theme's number stands for the colours.
  }, [dense, series, yRange, shownFrom, shownTo, logX, logY, width, height, themeNumber]);

  const snap = (x: number): number | undefined => {
    if (stops) return nearestStop(stops, x);
    const inside = Math.min(rangeEnd, Math.max(rangeStart, x));
    return axis === 'count' ? Math.round(inside) : inside;
  };
  const at = cursor === undefined || isEmpty ? undefined : snap(cursor);
  useEffect(() => onHover?.(at), [at, onHover]);

  const readings = useMemo(
    () => (at === undefined ? [] : (givenReadings ?? readingsAt(series, at, best, axis !== 'count'))),
    [series, at, best, axis, givenReadings],
  );
  const summary = useChartSummary(series, best);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (isEmpty) return;
    const whole = padded([rangeStart, rangeEnd], logX);
    // On a logarithmic axis equal steps are equal factors.
    const [low, high, from, to] = [...whole, ...shown].map((x) => (logX ? Math.log(x) : x));
    const back = (x: number): number => (logX ? Math.exp(x) : x);
    const least = axis === 'count' && !logX ? 1 : (high - low) * 1e-6;
    const show = (start: number, end: number): void => {
      if (end - start >= high - low) reset();
      else if (end - start >= least * 0.999) setZoom([back(Math.max(low, start)), back(Math.min(high, end))]);
    };
    const zoomBy = (factor: number): void => {
      const middle = at === undefined ? (from + to) / 2 : logX ? Math.log(at) : at;
      const half = Math.max(least / 2, ((to - from) / 2) * factor);
      show(middle - half, middle + half);
    };
    const panBy = (share: number): void => {
      const step = Math.min(high - to, Math.max(low - from, (to - from) * share));
      show(from + step, to + step);
    };
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined && event.shiftKey) panBy(step * 0.2);
    else if (step !== undefined && stops) {
      const index = at === undefined ? -1 : stops.indexOf(at);
      setCursor(index < 0 && step < 0 ? stops.at(-1) : stops[Math.min(stops.length - 1, Math.max(0, index + step))]);
    } else if (step !== undefined) {
      const pace = axis === 'count' ? Math.max(1, Math.round((shownTo - shownFrom) / 200)) : (shownTo - shownFrom) / 200;
      setCursor(snap((at ?? (step > 0 ? shownFrom : shownTo)) + step * pace));
    } else if (event.key === 'Home') setCursor(snap(shownFrom));
    else if (event.key === 'End') setCursor(snap(shownTo));
    else if (event.key === '+' || event.key === '=') zoomBy(0.5);
    else if (event.key === '-') zoomBy(2);
    else if (event.key === '[' && at !== undefined && at < shownTo) show(logX ? Math.log(at) : at, to);
    else if (event.key === ']' && at !== undefined && at > shownFrom) show(from, logX ? Math.log(at) : at);
    else if (event.key === '0') reset();
    else if (event.key === 'Enter' && onPick && readings[0]) onPick(readings[0].series);
    else if (event.key === 'Escape' && cursor !== undefined) setCursor(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerMove = (event: PointerEvent): void => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const isInside = pixel >= margins.left - 4 && pixel <= width - margins.right + 4;
    // While a part is dragged out, Plotly shows it.
    if (event.buttons === 0) setCursor(isInside ? placeOf(pixel, shown, width, logX) : undefined);
  };
  const onClick = (event: MouseEvent): void => {
    const pixel = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const near = readings
      .map(({ series: one, value }) => ({ one, distance: Math.abs((yOf(value) ?? Infinity) - pixel) }))
      .sort((a, b) => a.distance - b.distance)[0];
    if (near && near.distance < 12) onPick?.(near.one);
  };

  const x = at === undefined ? 0 : pixelOf(at, shown, width, logX);
  const inView = at !== undefined && width > 0 && x >= margins.left - 8 && x <= width - margins.right + 8;
  const innerHeight = height - margins.top - margins.bottom;
  const yOf = (value: number): number | undefined => {
    if (!yRange || (logY && value <= 0)) return undefined;
    const share = ((logY ? Math.log10(value) : value) - yRange[0]) / (yRange[1] - yRange[0]);
    return share >= 0 && share <= 1 ? margins.top + (1 - share) * innerHeight : undefined;
  };
  const xText = (place: number): string => {
    if (axis === 'duration') return formats.duration(place);
    if (axis === 'moment') return formats.moment(place);
    return t('chart.atX', { axis: xLabel, x: axis === 'count' ? formats.count(place) : formats.measure(place) });
  };
  const spoken =
    at === undefined
      ? summary
      : [xText(at), ...readings.slice(0, readingLimit).map(({ series: one, value }) => `${one.name} ${formats.measure(value)}`)].join(', ');

  return (
    <div className="chart" style={{ minHeight: height }}>
      <p id={keys} hidden>
        {t('chart.keys')}
      </p>
      <div
        className="chart-cursor"
        style={{ height }}
        // A range input is drawn by the browser; this one lies over the drawing and only listens to keys.
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
        role="slider"
        tabIndex={0}
        aria-label={yLabel}
        aria-describedby={keys}
        aria-valuemin={stops ? (stops[0] ?? 0) : rangeStart}
        aria-valuemax={stops ? (stops.at(-1) ?? 0) : rangeEnd}
        aria-valuenow={at ?? stops?.[0] ?? (isEmpty ? 0 : rangeStart)}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
      />
      <canvas
        ref={canvas}
        className="chart-raster"
        aria-hidden="true"
        style={{ left: margins.left, top: margins.top, width: Math.max(0, width - margins.left - margins.right), height: innerHeight }}
      />
      {/* The slider above has the keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events */}
      <div
        ref={plot}
        className={dense ? 'chart-plot dense' : 'chart-plot'}
        style={{ height }}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setCursor(undefined)}
        onClick={onPick && onClick}
      />
      {!figure && (
        <output className="chart-cursor chart-waiting" style={{ height }}>
          {failed ? t('chart.failed') : null}
        </output>
      )}
      {figure && nothing !== undefined && (
        <p className="chart-cursor chart-waiting" style={{ height }}>
          {nothing}
        </p>
      )}
      {inView && readings.length > 0 && (
        <>
          <div className="chart-line" style={{ left: x, top: margins.top, height: innerHeight }} />
          {readings.map(({ series: one, value }) => {
            const y = yOf(value);
            return y === undefined ? null : (
              <i key={one.id} className="chart-dot" style={{ left: x, top: y, background: lineColor(one.color) }} />
            );
          })}
          <div className="chart-reading" style={x > width / 2 ? { right: width - x + 12 } : { left: x + 12 }} aria-hidden="true">
            <div className="chart-reading-head">{xText(at)}</div>
            {readings.slice(0, readingLimit).map(({ series: one, value }) => (
              <div key={one.id} className="chart-reading-row">
                <LineMark color={one.color} dash={one.dash} faint={one.faint ?? false} />
                <span className="chart-reading-name">{one.name}</span>
                <span className="chart-reading-value">{formats.measure(value)}</span>
              </div>
            ))}
            {readings.length > readingLimit && (
              <div className="chart-reading-head">{t('chart.more', { count: readings.length - readingLimit })}</div>
            )}
          </div>
        </>
      )}
      {nothing === undefined && placed < numbers && <p className="chart-note">{t('chart.notAbove0')}</p>}
      {figure?.decimated && (
        <p className="chart-note">
          {t('chart.decimated', { points: formats.count(figure.decimated.points), drawn: formats.count(figure.decimated.drawn) })}
        </p>
      )}
    </div>
  );
}
