import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { PictureTile } from '#contract/look.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { toRgba } from '../notebook/outputs/Thumbnail.tsx';
import { picturesAtOnce, useDataStore } from './data-store.ts';
import { Histogram } from './Histogram.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';

/** Of a picture with the room beside it: at least this, so that a row of them fills the width. */
const leastWidth = 108;
const between = 12;
/** Of what is written below a picture, with the room to the next one. */
const below = 32;

/** Pictures by class: decoded as they are scrolled to. */
export function PictureGrid() {
  const t = useWords();
  const formats = useFormats();
  const { opened, label, rows, picturePages, showClass, needPictures } = useDataStore();
  const scroller = useRef<HTMLDivElement>(null);
  const [{ perRow, tileWidth }, setRow] = useState({ perRow: 6, tileWidth: leastWidth });
  const pictures = opened?.pictures;
  const total =
    picturePages.values().next().value?.total ??
    (rows ? rows.length : label === undefined ? (pictures?.count ?? 0) : (pictures?.classes[label]?.count ?? 0));
  // Nothing of it is memoized here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: Math.ceil(total / perRow),
    getScrollElement: () => scroller.current,
    estimateSize: () => tileWidth - between + below,
    overscan: 2,
  });
  const lines = virtualizer.getVirtualItems();
  const first = (lines[0]?.index ?? 0) * perRow;
  const last = Math.min(total, ((lines.at(-1)?.index ?? 0) + 1) * perRow) - 1;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      const room = element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) + between;
      const fits = Math.max(1, Math.floor(room / leastWidth));
      setRow({ perRow: fits, tileWidth: room / fits });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, tileWidth]);
  useEffect(
    () => needPictures(Math.floor(first / picturesAtOnce), Math.floor(Math.max(first, last) / picturesAtOnce)),
    [first, last, label, rows, needPictures],
  );
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [label]);
  if (!pictures) return null;
  const most = Math.max(1, ...pictures.classes.map(({ count }) => count));
  return (
    <div className="picture-view">
      <div className="class-list" role="group" aria-label={t('data.classes')}>
        <button type="button" aria-pressed={label === undefined && !rows} onClick={() => showClass(undefined)}>
          <span className="clip">{t('data.allClasses')}</span>
          <i style={{ width: 0 }} />
          <small>{formats.count(pictures.count)}</small>
        </button>
        {pictures.classes.map(({ name, count }, index) => (
          <button key={name} type="button" aria-pressed={label === index} onClick={() => showClass(index)}>
            <span className="clip" title={name}>
              {name}
            </span>
            <i style={{ width: `${(count / most) * 100}%` }} />
            <small>{formats.count(count)}</small>
          </button>
        ))}
      </div>
      <ScrollRegion ref={scroller} className="picture-scroll" label={t('data.pictures')}>
        <div role="list" aria-label={t('data.pictures')} style={{ position: 'relative', height: virtualizer.getTotalSize() }}>
          {lines.flatMap(({ index: line, start }) =>
            Array.from({ length: Math.min(perRow, total - line * perRow) }, (_, at) => {
              const place = line * perRow + at;
              const tile = picturePages.get(Math.floor(place / picturesAtOnce))?.pictures[place % picturesAtOnce];
              return (
                <div
                  key={place}
                  role="listitem"
                  className="picture"
                  style={{ width: tileWidth - between, transform: `translate(${at * tileWidth}px, ${start}px)` }}
                >
                  {tile && <Tile tile={tile} />}
                </div>
              );
            }),
          )}
        </div>
      </ScrollRegion>
      <PictureFacts />
    </div>
  );
}

function Tile({ tile }: { tile: PictureTile }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { shown } = tile;
  useEffect(() => {
    if (!shown) return;
    const { pixels, height, width, channels } = shown;
    canvas.current?.getContext('2d')?.putImageData(new ImageData(toRgba(pixels, width * height, channels), width, height), 0, 0);
  }, [shown]);
  const about = `${tile.path ?? t('data.rowNumber', { row: tile.row + 1 })} · ${formats.shape([tile.height, tile.width])}`;
  return (
    <>
      {shown ? (
        <canvas
          ref={canvas}
          width={shown.width}
          height={shown.height}
          title={about}
          className={shown.width <= 48 ? 'enlarged' : undefined}
        />
      ) : (
        <p className="damaged" title={tile.error && errorText(tile.error)}>
          {t('data.damaged')}
        </p>
      )}
      <span className="clip" title={about}>
        {tile.label || t('data.rowNumber', { row: tile.row + 1 })}
      </span>
    </>
  );
}

function PictureFacts() {
  const t = useWords();
  const formats = useFormats();
  const { opened, channels } = useDataStore();
  const pictures = opened?.pictures;
  if (!pictures) return null;
  const names = channels?.channels.length === 3 ? (['red', 'green', 'blue'] as const) : (['grey'] as const);
  return (
    <aside className="column-panel" aria-label={t('data.pictureFacts')}>
      <h2>{t('data.sizes')}</h2>
      <ul className="size-list">
        {pictures.sizes.slice(0, 8).map(({ height, width, count }) => (
          <li key={`${height} ${width}`}>
            <span>{formats.shape([height, width])}</span>
            <small>{formats.count(count)}</small>
          </li>
        ))}
        {pictures.sizes.length > 8 && <li className="quiet">{t('data.moreSizes', { count: pictures.sizes.length - 8 })}</li>}
      </ul>
      <h2>{t('data.channels')}</h2>
      {channels ? (
        <>
          {channels.channels.map((channel, index) => (
            <figure key={names[index] ?? index} className={`channel ${names[index] ?? 'grey'}`}>
              <figcaption>
                <span>{t(`data.channel.${names[index] ?? 'grey'}`)}</span>
                <small>
                  {formats.measure(channel.mean, 3)} ± {formats.measure(channel.deviation, 3)} · {channel.min} … {channel.max}
                </small>
              </figcaption>
              <Histogram counts={channel.histogram} height={40} />
            </figure>
          ))}
          <p className="quiet">{t('data.measured', { count: channels.measured, total: pictures.count })}</p>
        </>
      ) : (
        <p className="quiet">{t('data.counting')}</p>
      )}
      {pictures.damaged.length > 0 && (
        <>
          <h2>{t('data.damagedFiles')}</h2>
          <ul className="size-list">
            {pictures.damaged.slice(0, 20).map(({ path, detail }) => (
              <li key={path} title={detail}>
                {path}
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}
