import './charts.css';
import type { PlotlyHTMLElement } from 'plotly.js';
import { type KeyboardEvent, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useFormats, useWords } from '../../words/use-words.ts';
import { asPicture, type Figure, makeFigure, margins, padded, pixelOf, wholeRange } from './figure.ts';
import { LineMark } from './LineMark.tsx';
import { lineColor } from './palette.ts';
import { type ChartMarker, type LineSeries, nearestStop, readingsAt, stopsOf } from './series.ts';
import { useChartSummary } from './use-chart-summary.ts';
import { readTheme, useThemeNumber } from './theme.ts';

interface Props {
  readonly series: readonly LineSeries[];
  /** What is measured: the chart's accessible name. A heading above the chart says it to the eye. */
  readonly yLabel: string;
  /** Under the axis of epochs. */
  readonly xLabel: string;
  /** Pixels; kept while the chart is being loaded, so that nothing jumps. */
  readonly height?: number;
  readonly logY?: boolean;
  /** What is better, for the order of the values under the pointer. */
  readonly best?: 'min' | 'max';
  readonly markers?: readonly ChartMarker[];
  /** The axis reaches at least as far as this, so that a run in progress has its place. */
  readonly plannedEpochs?: number;
  readonly onHover?: (epoch: number | undefined) => void;
}

type Plotly = (typeof import('./plotly.ts'))['Plotly'];

function pictureOptions(filename: string) {
  return { format: 'png' as const, width: 1000, height: 560, scale: 2, filename };
}

const noMarkers: readonly ChartMarker[] = [];
/** Between two drawings of a live chart. */
const shortestPauseMs = 100;
/** Rows of the list under the pointer; more are counted. */
const readingLimit = 12;

/** Lines over epochs: live, zoomable with the pointer (drag, double click) and with the keyboard (arrows, + and −, 0). */
export function LineChart({
  series,
  yLabel,
  xLabel,
  height = 220,
  logY = false,
  best = 'min',
  markers = noMarkers,
  plannedEpochs = 0,
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
  const [zoom, setZoom] = useState<readonly [number, number]>();
  const [revision, setRevision] = useState(0);
  const [cursor, setCursor] = useState<number>();
  /** What the y axis shows, after Plotly has fitted it; logarithms where it is logarithmic. */
  const [yRange, setYRange] = useState<readonly [number, number]>();
  const drawnAt = useRef(Number.NEGATIVE_INFINITY);
  /** What is on the screen. */
  const latest = useRef<{ readonly figure: Figure; readonly title: string }>(undefined);
  /** The drawing that has listeners, told by its configuration. */
  const listening = useRef<unknown>(undefined);

  const stops = useMemo(() => stopsOf(series), [series]);
  const [rangeStart, rangeEnd] = wholeRange(series, plannedEpochs);
  const figure = useMemo(
    () =>
      plotly && width > 0
        ? makeFigure({ series, markers, width, height, xLabel, logY, xRange: [rangeStart, rangeEnd], zoom, theme: readTheme(), revision })
        : undefined,
    // The theme's number stands for what readTheme() finds.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [plotly, series, markers, width, height, xLabel, logY, rangeStart, rangeEnd, zoom, revision, themeNumber],
  );
  const shown = zoom ?? padded([rangeStart, rangeEnd]);

  const reset = useCallback(() => {
    setZoom(undefined);
    setRevision((number) => number + 1);
  }, []);

  useEffect(() => {
    let wanted = true;
    import('./plotly.ts').then(
      (loaded) => wanted && setPlotly(() => loaded.Plotly),
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

  const saveImage = useCallback((): void => {
    const drawn = latest.current;
    if (!plotly || !drawn) return;
    const theme = readTheme();
    void plotly.downloadImage(
      {
        data: asPicture(drawn.figure.data),
        layout: {
          ...drawn.figure.layout,
          title: { text: drawn.title, font: { size: 14, color: theme.ink } },
          margin: { l: 60, r: 20, t: 50, b: 50 },
          paper_bgcolor: theme.surface,
          showlegend: true,
        },
      },
      pictureOptions(drawn.title),
    );
  }, [plotly]);

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

  useEffect(() => {
    const element = plot.current as PlotlyHTMLElement | null;
    if (!plotly || !config || !figure || !element) return undefined;
    const listen = (): void => {
      // A whole new drawing, as after a change of language, has lost its listeners.
      element.removeAllListeners('plotly_hover');
      element.removeAllListeners('plotly_unhover');
      element.removeAllListeners('plotly_doubleclick');
      element.removeAllListeners('plotly_relayout');
      element.on('plotly_hover', (event) => setCursor(Number(event.points[0]?.x)));
      element.on('plotly_unhover', () => setCursor(undefined));
      element.on('plotly_doubleclick', reset);
      element.on('plotly_relayout', (event) => {
        const from = Number(event['xaxis.range[0]']);
        const to = Number(event['xaxis.range[1]']);
        if (Number.isFinite(from) && Number.isFinite(to)) setZoom([from, to]);
        readYRange();
      });
    };
    const readYRange = (): void => {
      const range = element.layout.yaxis?.range;
      const low = Number(range?.[0]);
      const high = Number(range?.[1]);
      setYRange((was) => (was && was[0] === low && was[1] === high ? was : [low, high]));
    };
    const draw = (): void => {
      drawnAt.current = performance.now();
      latest.current = { figure, title: yLabel };
      void plotly.react(element, figure.data, figure.layout, config).then(() => {
        readYRange();
        if (listening.current === config) return;
        listening.current = config;
        listen();
      });
    };
    // Epochs may come faster than they can be drawn or seen.
    const waitMs = drawnAt.current + shortestPauseMs - performance.now();
    if (waitMs <= 0) {
      draw();
      return undefined;
    }
    const timer = setTimeout(draw, waitMs);
    return () => clearTimeout(timer);
  }, [plotly, config, figure, reset, yLabel]);

  const at = cursor === undefined ? undefined : nearestStop(stops, cursor);
  useEffect(() => onHover?.(at), [at, onHover]);

  const readings = useMemo(() => (at === undefined ? [] : readingsAt(series, at, best)), [series, at, best]);
  const summary = useChartSummary(series, best);

  const onKeyDown = (event: KeyboardEvent): void => {
    const first = stops[0];
    const last = stops.at(-1);
    if (first === undefined || last === undefined) return;
    const index = at === undefined ? -1 : stops.indexOf(at);
    const zoomBy = (factor: number): void => {
      const middle = at ?? (shown[0] + shown[1]) / 2;
      const half = Math.max(0.5, ((shown[1] - shown[0]) / 2) * factor);
      const [low, high] = padded([rangeStart, rangeEnd]);
      if (half * 2 >= high - low) reset();
      else setZoom([Math.max(low, middle - half), Math.min(high, middle + half)]);
    };
    if (event.key === 'ArrowRight') setCursor(stops[Math.min(stops.length - 1, index + 1)]);
    else if (event.key === 'ArrowLeft') setCursor(index < 0 ? last : stops[Math.max(0, index - 1)]);
    else if (event.key === 'Home') setCursor(first);
    else if (event.key === 'End') setCursor(last);
    else if (event.key === '+' || event.key === '=') zoomBy(0.5);
    else if (event.key === '-') zoomBy(2);
    else if (event.key === '0') reset();
    else if (event.key === 'Escape' && cursor !== undefined) setCursor(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const x = at === undefined ? 0 : pixelOf(at, shown, width);
  const inView = at !== undefined && width > 0 && x >= margins.left - 8 && x <= width - margins.right + 8;
  const innerHeight = height - margins.top - margins.bottom;
  const yOf = (value: number): number | undefined => {
    if (!yRange || (logY && value <= 0)) return undefined;
    const share = ((logY ? Math.log10(value) : value) - yRange[0]) / (yRange[1] - yRange[0]);
    return share >= 0 && share <= 1 ? margins.top + (1 - share) * innerHeight : undefined;
  };
  const spoken =
    at === undefined
      ? summary
      : [t('chart.atEpoch', { epoch: at }), ...readings.map(({ series: one, value }) => `${one.name} ${formats.measure(value)}`)].join(
          ', ',
        );

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
        aria-valuemin={stops[0] ?? 0}
        aria-valuemax={stops.at(-1) ?? 0}
        aria-valuenow={at ?? stops[0] ?? 0}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
      />
      <div ref={plot} className="chart-plot" style={{ height }} />
      {!figure && (
        <output className="chart-cursor chart-waiting" style={{ height }}>
          {failed ? t('chart.failed') : null}
        </output>
      )}
      {figure && stops.length === 0 && (
        <p className="chart-cursor chart-waiting" style={{ height }}>
          {t('chart.empty')}
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
            <div className="chart-reading-head">{t('chart.atEpoch', { epoch: at ?? 0 })}</div>
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
      {figure?.decimated && (
        <p className="chart-note">
          {t('chart.decimated', { points: formats.count(figure.decimated.points), drawn: formats.count(figure.decimated.drawn) })}
        </p>
      )}
    </div>
  );
}
