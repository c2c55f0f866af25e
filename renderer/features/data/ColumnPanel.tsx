import type { ColumnProfile, LookFilter } from '#contract/look.ts';
import { Button } from '../../components/Button.tsx';
import { useFormats, useWords } from '../../words/use-words.ts';
import { Fact } from '../runs/RunFacts.tsx';
import { useDataStore } from './data-store.ts';
import { barText } from './bar-text.ts';
import { filterOfBar } from './bars.ts';
import { Histogram } from './Histogram.tsx';

/** What the chosen column holds; every bar and value filters the rows by a click. */
export function ColumnPanel() {
  const t = useWords();
  const formats = useFormats();
  const { opened, column: name, profiles, filter, choose } = useDataStore();
  const columns = opened?.table?.columns ?? [];
  const profile = name === undefined ? undefined : profiles.get(name);
  const type = columns.find((column) => column.name === name)?.type;
  if (name === undefined || type === undefined) return null;
  return (
    <aside className="column-panel" aria-label={t('data.columnPanel')}>
      <label className="column-choice">
        <span className="visually-hidden">{t('data.column')}</span>
        <select className="input" value={name} onChange={(event) => choose(event.target.value)}>
          {columns.map((column) => (
            <option key={column.name} value={column.name}>
              {column.name}
            </option>
          ))}
        </select>
      </label>
      {profile ? <Profile key={name} profile={profile} onFilter={filter} /> : <p className="quiet">{t('data.counting')}</p>}
      {profile?.estimated && <p className="quiet">{t('data.estimated', { count: formats.count(profile.rows) })}</p>}
    </aside>
  );
}

function Profile({ profile, onFilter }: { profile: ColumnProfile; onFilter: (filter: LookFilter) => void }) {
  const t = useWords();
  const formats = useFormats();
  const { name, type, rows, missing, distinct, numbers, histogram, top, range, withTarget } = profile;
  const about = profile.estimated ? '≈ ' : '';
  const number = (value: number) => formats.setting(Number(value.toPrecision(5)));
  const most = Math.max(1, ...(top ?? []).map(({ count }) => count));
  return (
    <>
      {histogram && numbers && (
        <figure className="column-histogram">
          <Histogram
            counts={histogram.counts}
            height={88}
            labelOf={(index) => barText(t, formats, profile, index)}
            onChoose={(index) => {
              const bar = filterOfBar(profile, index);
              if (bar) onFilter(bar);
            }}
          />
          <figcaption>
            <span>{number(numbers.min)}</span>
            <span>{number(numbers.max)}</span>
          </figcaption>
        </figure>
      )}
      <dl>
        <Fact name={t('data.typeName')}>{t(`data.type.${type}`)}</Fact>
        <Fact name={t('data.missing')}>
          {missing === 0 ? (
            t('data.none')
          ) : (
            <Button look="link" onClick={() => onFilter({ is: 'missing', column: name })}>
              {t('data.missingOf', { count: missing, share: formats.percent(missing / Math.max(1, rows)) })}
            </Button>
          )}
        </Fact>
        <Fact name={t('data.distinct')}>
          {about}
          {formats.count(distinct)}
        </Fact>
        {withTarget && <Fact name={t(`data.measure.${withTarget.measure}`)}>{formats.measure(withTarget.value, 3)}</Fact>}
        {range && (
          <Fact name={t('data.range')}>
            {range.from} … {range.to}
          </Fact>
        )}
        {numbers && (
          <>
            <Fact name={t('data.mean')}>
              {number(numbers.mean)} ± {number(numbers.deviation)}
            </Fact>
            {['5 %', '25 %', t('data.median'), '75 %', '95 %'].map((title, index) => (
              <Fact key={title} name={title}>
                {about}
                {number(numbers.quantiles[index] ?? Number.NaN)}
              </Fact>
            ))}
            {numbers.notFinite > 0 && <Fact name={t('data.notFinite')}>{formats.count(numbers.notFinite)}</Fact>}
          </>
        )}
      </dl>
      {top && top.length > 0 && (
        <div className="top-values" role="group" aria-label={t('data.top')}>
          <h2>{t('data.top')}</h2>
          {top.map(({ value, count }) => (
            <button
              key={value}
              type="button"
              title={t('data.filterBy', { value })}
              onClick={() => onFilter({ is: 'equal', column: name, value })}
            >
              <span className="clip">{value}</span>
              <i style={{ width: `${(count / most) * 100}%` }} />
              <small>
                {about}
                {formats.count(count)}
              </small>
            </button>
          ))}
          {distinct > top.length && <p className="quiet">{t('data.moreValues', { count: distinct - top.length })}</p>}
        </div>
      )}
    </>
  );
}
