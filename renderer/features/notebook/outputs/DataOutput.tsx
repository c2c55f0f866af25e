import { memo, useRef, useState } from 'react';
import { beforeScaling, literal } from '#contract/cell-text.ts';
import type { DataPreview } from '#contract/notebook.ts';
import { Button } from '../../../components/Button.tsx';
import { ScrollRegion } from '../../../components/ScrollRegion.tsx';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { lookAt } from '../../data/data-store.ts';
import { Findings } from '../../data/Findings.tsx';
import { applyMend, mendableNow, mendOf } from '../../data/mend.ts';
import { ReadingPanel } from '../../data/Reading.tsx';
import { useNear } from '../editor/near.ts';
import { Thumbnail } from './Thumbnail.tsx';

const firstRows = 5;

/** What a data cell came to: how many samples of what, what is odd about them, and the first of them. */
export const DataOutput = memo(function DataOutput({ cell, data }: { cell: string; data: DataPreview }) {
  const t = useWords();
  const formats = useFormats();
  const { samples, classes, findings, images, table } = data;
  const shape = data.inputShape;
  const target = table?.columns.find((column) => column.role === 'target')?.name;
  const hasRows = images !== undefined || table !== undefined;
  const parts = (['train', 'validation', 'test'] as const).filter((part) => part === 'train' || samples[part] > 0);
  return (
    <>
      <div className="facts">
        {parts.map((part) => (
          <span key={part}>
            <b>{formats.count(samples[part])}</b> {t(`notebook.part.${part}`)}
          </span>
        ))}
        <span>
          <b>{formats.shape(shape)}</b>{' '}
          {images ? t('notebook.image') : shape.length === 1 ? t('notebook.features', { count: shape[0] ?? 0 }) : t('notebook.inputShape')}
        </span>
        {classes ? (
          <span>
            <b>{formats.count(classes.length)}</b>{' '}
            {t(isBalanced(classes) ? 'notebook.classesBalanced' : 'notebook.classes', { count: classes.length })}
          </span>
        ) : (
          <span>{t('notebook.regression')}</span>
        )}
        {target !== undefined && (
          <span>
            {t('notebook.predicts')} <b>{target}</b>
          </span>
        )}
        <span className="grow" />
        {findings.length === 0 && <span className="good">{t('notebook.noFindings')}</span>}
        <Button look="link" aria-label={t('data.lookAt', { cell })} onClick={() => lookAt(cell)}>
          {t('data.look')}
        </Button>
      </div>
      {data.reading && <ReadingPanel cell={cell} reading={data.reading} />}
      {data.streamed && (
        <p className="quiet">{t('data.streamed', { shuffled: data.streamed.shuffled ?? 0, looked: data.streamed.samples ?? 0 })}</p>
      )}
      {findings.length > 0 && <Findings cell={cell} findings={findings} canLook={hasRows} />}
      {images && (
        <div className="thumbnails" role="list" aria-label={t('notebook.firstImages')}>
          {images.thumbnails.slice(0, 20).map((thumbnail, index) => (
            // The first samples of a data set: their place is what they are known by.
            // oxlint-disable-next-line react/no-array-index-key
            <Thumbnail key={index} pixels={thumbnail.pixels} label={thumbnail.label} {...images} />
          ))}
        </div>
      )}
      {classes && classes.length > 1 && <ClassCounts classes={classes} />}
      {table && <TablePreview cell={cell} table={table} />}
    </>
  );
});

/** Within a tenth of one another. */
function isBalanced(classes: NonNullable<DataPreview['classes']>): boolean {
  const counts = classes.map((one) => one.count);
  return classes.length > 1 && Math.min(...counts) >= 0.9 * Math.max(...counts);
}

function ClassCounts({ classes }: { classes: NonNullable<DataPreview['classes']> }) {
  const t = useWords();
  const formats = useFormats();
  const most = Math.max(...classes.map((one) => one.count));
  const [all, setAll] = useState(false);
  const limit = 12;
  const shown = all ? classes : classes.slice(0, limit);
  return (
    <div className="classes" role="list" aria-label={t('notebook.classCounts')}>
      {shown.map((one) => (
        <span key={one.name} role="listitem" className="class-count">
          <span className="class-name" title={one.name}>
            {one.name}
          </span>
          <i style={{ width: `${most > 0 ? Math.max(2, (one.count / most) * 100) : 0}%` }} />
          <small>{formats.count(one.count)}</small>
        </span>
      ))}
      {classes.length > limit && (
        <Button look="link" onClick={() => setAll(!all)}>
          {all ? t('notebook.fewer') : t('notebook.moreClasses', { count: classes.length - limit })}
        </Button>
      )}
    </div>
  );
}

function TablePreview({ cell, table }: { cell: string; table: NonNullable<DataPreview['table']> }) {
  const t = useWords();
  const formats = useFormats();
  const [all, setAll] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const isNear = useNear(root);
  const rows = all ? table.rows : table.rows.slice(0, firstRows);
  return (
    <div ref={root} className="table-preview">
      <ScrollRegion className="table-scroll" label={t('notebook.firstRows')}>
        <table>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column.name} scope="col" className={column.type === 'text' ? 'left' : undefined}>
                  {column.name}
                  {column.role !== 'feature' && <em className={`role ${column.role}`}>{t(`notebook.role.${column.role}`)}</em>}
                </th>
              ))}
            </tr>
            <tr className="column-facts">
              {table.columns.map((column) => (
                <td key={column.name} className={column.type === 'text' ? 'left' : undefined}>
                  {column.type === 'number' && column.min !== undefined && column.max !== undefined
                    ? `${formats.setting(column.min)} … ${formats.setting(column.max)}`
                    : t('notebook.distinct', { count: column.distinct ?? 0 })}
                  {isNear ? (
                    <TypeChoice cell={cell} column={column} />
                  ) : (
                    <span className="type-choice">{t(`data.type.${column.type}`)}</span>
                  )}
                  {column.missing > 0 && <em className="missing">{t('notebook.missing', { count: column.missing })}</em>}
                </td>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // The rows as they stand in the file: their place is what they are known by.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={index}>
                {row.map((value, at) => (
                  <td key={table.columns[at]?.name} className={table.columns[at]?.type === 'text' ? 'left' : undefined}>
                    {value === null ? <span className="absent">{t('notebook.absent')}</span> : formats.setting(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="table-foot">
        {t('notebook.rowsShown', { shown: rows.length, total: table.totalRows })}
        {table.rows.length > firstRows && (
          <Button look="link" onClick={() => setAll(!all)}>
            {all ? t('notebook.fewer') : t('notebook.moreRows', { count: table.rows.length - firstRows })}
          </Button>
        )}
      </p>
    </div>
  );
}

/** What a column is taken for, open to change. */
function TypeChoice({ cell, column: { name, type } }: { cell: string; column: NonNullable<DataPreview['table']>['columns'][number] }) {
  const t = useWords();
  const cast = (to: string) =>
    mendOf(mendableNow(cell), { do: 'addStep', step: `.cast(${literal(name)}, { to: ${literal(to)} })`, before: beforeScaling });
  return (
    <select
      className="type-choice"
      aria-label={t('data.typeOf', { column: name })}
      value={type}
      onChange={(event) => {
        const mend = cast(event.target.value);
        if (mend) applyMend(mend);
      }}
    >
      {(['number', 'text'] as const).map((one) => (
        <option key={one} value={one}>
          {t(`data.type.${one}`)}
        </option>
      ))}
    </select>
  );
}
