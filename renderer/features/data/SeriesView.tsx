import { type PointerEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { LookSeries } from '#contract/look.ts';
import { Button } from '../../components/Button.tsx';
import { Progress } from '../../components/Progress.tsx';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';

const lineHeight = 96;
const inset = 6;

type Zoom = 'all' | 'near' | 'window';

/** Lines over ordered rows: the parts, the gaps, and one window with what it sees and what it is to predict. */
export function SeriesView({ id }: { readonly id: string }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const [group, setGroup] = useState(0);
  const [number, setNumber] = useState(0);
  const [zoom, setZoom] = useState<Zoom>('all');
  const [range, setRange] = useState<{ from: number; to: number }>();
  const [answer, setAnswer] = useState<{ key: string; series?: LookSeries; error?: unknown }>();
  const key = JSON.stringify([id, group, number, range]);
  useEffect(() => {
    let wanted = true;
    call('data.series', { id, group, window: number, ...(range && { range }) }).then(
      (series) => wanted && setAnswer({ key, series }),
      (error: unknown) => wanted && setAnswer((before) => ({ key, error, ...(before?.series && { series: before.series }) })),
    );
    return () => {
      wanted = false;
    };
  }, [id, group, number, range, key]);
  const series = answer?.series;
  const place = (value: number) => (series?.isDate ? dateText(value) : formats.setting(value));

  /** Keeps the window in view, with as much round it as is asked for. */
  const look = (wanted: Zoom, at = series) => {
    setZoom(wanted);
    if (!at?.windows.window || wanted === 'all') {
      setRange(undefined);
      return;
    }
    const { from, targetTo } = at.windows.window;
    const round = (targetTo - from || 1) * (wanted === 'near' ? 4 : 0.15);
    const { extent } = at;
    setRange({ from: Math.max(extent.from, from - round), to: Math.min(extent.to, targetTo + round) });
  };
  // Another window is followed.
  const window = series?.windows.window;
  useEffect(() => {
    if (series && zoom !== 'all' && window && range && (window.from < range.from || window.targetTo > range.to)) look(zoom, series);
    // oxlint-disable-next-line react/exhaustive-deps
  }, [window?.number]);

  return (
    <div className="series-view">
      <div className="batch-bar">
        {series && series.groups.length > 1 && (
          <label className="batch-number">
            {t('data.seriesOf')}
            <select
              className="input"
              value={group}
              onChange={(event) => {
                setGroup(Number(event.target.value));
                setNumber(0);
                setRange(undefined);
                setZoom('all');
              }}
            >
              {series.groups.map((name, index) => (
                <option key={name} value={index}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {series && window && (
          <label className="batch-number window-choice">
            {t('data.windowOf', { number: number + 1, count: series.windows.count })}
            <input
              type="range"
              min={0}
              max={Math.max(0, series.windows.count - 1)}
              value={number}
              aria-valuetext={t('data.windowOf', { number: number + 1, count: series.windows.count })}
              onChange={(event) => setNumber(Number(event.target.value))}
            />
          </label>
        )}
        <span className="zoom-choice" role="group" aria-label={t('data.zoom')}>
          {(['all', 'near', 'window'] as const).map((one) => (
            <Button key={one} look="quiet" aria-pressed={zoom === one} onClick={() => look(one)}>
              {t(`data.zoom.${one}`)}
            </Button>
          ))}
        </span>
        {answer?.key !== key && <Progress label={t('data.opening')} />}
      </div>
      {answer?.error !== undefined && (
        <p className="note" role="alert">
          {errorText(answer.error)}
        </p>
      )}
      {series && (
        <>
          {window && (
            <p className="series-says">
              <span className={`part-name ${window.part}`}>{t(`notebook.part.${window.part}`)}</span>{' '}
              {t('data.windowSees', {
                first: window.rows[0] + 1,
                last: window.rows[1] + 1,
                from: place(window.from),
                to: place(window.to),
              })}{' '}
              {window.targetRows[0] === window.targetRows[1]
                ? t('data.windowPredicts', { row: window.targetRows[0] + 1, at: place(window.targetFrom) })
                : t('data.windowPredictsMore', {
                    first: window.targetRows[0] + 1,
                    last: window.targetRows[1] + 1,
                    from: place(window.targetFrom),
                    to: place(window.targetTo),
                  })}
            </p>
          )}
          <Lines series={series} place={place} onWindow={setNumber} />
          <p className="quiet">
            {t('data.seriesFacts', { rows: series.rows, windows: series.windows.count, gaps: series.gaps.length })}
            {series.moreLines > 0 && ` ${t('data.moreLines', { count: series.moreLines })}`}
          </p>
        </>
      )}
    </div>
  );
}

/** As it would stand in the file. */
function dateText(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?::00)?\.000Z$/, '')
    .replace(/ 00:00$/, '');
}

interface LinesProps {
  readonly series: LookSeries;
  readonly place: (value: number) => string;
  readonly onWindow: (number: number) => void;
}

function Lines({ series, place, onWindow }: LinesProps) {
  const t = useWords();
  const formats = useFormats();
  const hatch = useId();
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const drawn = element.current;
    if (!drawn) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, drawn.clientWidth)));
    observer.observe(drawn);
    return () => observer.disconnect();
  }, []);
  const { shown, lines, parts, gaps, windows } = series;
  const { window, spans, count } = windows;
  const scale = (width - inset * 2) / (shown.to - shown.from || 1);
  const x = (value: number) => Math.min(width + 2, Math.max(-2, inset + (value - shown.from) * scale));
  const wide = (from: number, to: number) => Math.max(1.5, x(to) - x(from));
  const isSeen = ({ from, to }: { from: number; to: number }) => to >= shown.from && from <= shown.to;

  /** The window whose share of all is that of the place pointed at: windows lie one after another. */
  const choose = (event: PointerEvent<SVGSVGElement>) => {
    if (count === 0) return;
    const at = shown.from + (event.nativeEvent.offsetX - inset) / scale;
    let before = 0;
    for (const span of spans) {
      if (at <= span.to) {
        const share = Math.max(0, (at - span.from) / (span.to - span.from || 1));
        onWindow(Math.min(count - 1, before + Math.floor(share * (span.count - 1))));
        return;
      }
      before += span.count;
    }
    onWindow(count - 1);
  };

  return (
    <div ref={element} className="series-lines" role="group" aria-label={t('data.series')}>
      <svg width="0" height="0" aria-hidden>
        <defs>
          <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="6" className="hatch" />
          </pattern>
        </defs>
      </svg>
      {lines.map(({ name, role, min, max, segments }) => {
        const y = (value: number) => inset + (1 - (value - min) / (max - min || 1)) * (lineHeight - inset * 2);
        return (
          <figure key={name}>
            <figcaption>
              <b className="clip">{name}</b> {role === 'target' && <em className="role target">{t('notebook.role.target')}</em>}
              <span className="grow" />
              <small>
                {formats.setting(Number(min.toPrecision(5)))} … {formats.setting(Number(max.toPrecision(5)))}
              </small>
            </figcaption>
            <svg width={width} height={lineHeight} role="img" aria-label={name} onPointerDown={choose}>
              {parts.filter(isSeen).map(({ part, from, to }) => (
                <rect key={`${part} ${from}`} className={`part ${part}`} x={x(from)} width={wide(from, to)} height={lineHeight} />
              ))}
              {gaps.filter(isSeen).map(({ from, to }) => (
                <rect key={from} className="gap" fill={`url(#${hatch})`} x={x(from)} width={wide(from, to)} height={lineHeight}>
                  <title>{t('data.gap', { from: place(from), to: place(to) })}</title>
                </rect>
              ))}
              {window && <rect className="window" x={x(window.from)} width={wide(window.from, window.to)} y={1} height={lineHeight - 2} />}
              {window && role === 'target' && (
                <rect
                  className="window-target"
                  x={x(window.targetFrom) - 1.5}
                  width={wide(window.targetFrom, window.targetTo) + 3}
                  y={1}
                  height={lineHeight - 2}
                />
              )}
              {segments.map(({ at, low, high }) => (
                <path
                  key={at[0]}
                  className={`line ${role}`}
                  d={at
                    .map((one, index) => {
                      const [bottom, top] = [low[index], high[index]];
                      const point = `${x(one).toFixed(1)} ${y(top).toFixed(1)}`;
                      return `${index === 0 ? 'M' : 'L'}${point}${top > bottom ? `V${y(bottom).toFixed(1)}` : at.length === 1 ? 'h1' : ''}`;
                    })
                    .join('')}
                />
              ))}
            </svg>
          </figure>
        );
      })}
      <figure>
        <figcaption>
          <b>{t('data.windows')}</b>
        </figcaption>
        <svg width={width} height={22} role="img" aria-label={t('data.windows')} onPointerDown={choose}>
          {spans.filter(isSeen).map(({ part, from, to, count: held }) => (
            <g key={`${part} ${from}`}>
              <rect className={`span ${part}`} x={x(from)} width={wide(from, to)} y={3} height={16} rx={3}>
                <title>{t('data.spanOf', { part: t(`notebook.part.${part}`), count: held })}</title>
              </rect>
              {wide(from, to) > 110 && (
                <text x={(x(from) + x(to)) / 2} y={15} textAnchor="middle">
                  {t('data.spanOf', { part: t(`notebook.part.${part}`), count: held })}
                </text>
              )}
            </g>
          ))}
          {window && <rect className="window" x={x(window.from)} width={wide(window.from, window.to)} y={1} height={20} />}
          {window && (
            <rect
              className="window-target"
              x={x(window.targetFrom) - 1.5}
              width={wide(window.targetFrom, window.targetTo) + 3}
              y={1}
              height={20}
            />
          )}
        </svg>
        <p className="series-axis">
          <span>{place(Math.max(shown.from, series.extent.from))}</span>
          <span>{place(Math.min(shown.to, series.extent.to))}</span>
        </p>
      </figure>
    </div>
  );
}
