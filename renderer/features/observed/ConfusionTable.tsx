import './observed.css';
import type { CSSProperties } from 'react';
import { classScores } from '#contract/class-scores.ts';
import type { Confusion } from '#contract/observations.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';

/** Beyond so many classes numbers would not be legible: the scores of each class remain. */
const most = 30;

/**
 * Samples by their class (rows) and by what the model says (columns). The number stands in each cell; the shade is its
 * share of the row, and what is right has a frame.
 */
export function ConfusionTable({
  confusion,
  name,
  caption,
  scored = true,
}: {
  readonly confusion: Pick<Confusion, 'classes' | 'counts'>;
  readonly name: string;
  readonly caption: string;
  readonly scored?: boolean;
}) {
  const t = useWords();
  const formats = useFormats();
  const { classes, counts } = confusion;
  const scores = classScores(confusion);
  const share = (value: number): string => (Number.isNaN(value) ? '–' : formats.percent(value, 1));
  const whole = classes.length <= most;
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  return (
    <ScrollRegion className="confusion-scroll" label={t('observed.confusionOf', { name })}>
      <table className="confusion" style={{ '--classes': classes.length } as CSSProperties}>
        <caption>
          {caption}
          {!whole && ` ${t('observed.confusionMany', { count: classes.length })}`}
        </caption>
        <thead>
          {whole && (
            <tr>
              <th scope="col">
                <span className="visually-hidden">{t('observed.truth')}</span>
              </th>
              <th scope="colgroup" colSpan={classes.length} className="confusion-axis">
                {t('observed.said')}
              </th>
              {scored && (
                <th scope="colgroup" colSpan={4}>
                  <span className="visually-hidden">{t('observed.scores')}</span>
                </th>
              )}
            </tr>
          )}
          <tr>
            <th scope="col" className="left confusion-axis">
              {t('observed.truth')}
            </th>
            {whole &&
              classes.map((label) => (
                <th key={label} scope="col" className="confusion-class" title={label}>
                  <span className="clip">{label}</span>
                </th>
              ))}
            {scored && (
              <>
                <th scope="col" className="confusion-score">
                  {t('observed.precision')}
                </th>
                <th scope="col">{t('observed.recall')}</th>
                <th scope="col">F1</th>
                <th scope="col">{t('runs.samples')}</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {classes.map((label, row) => (
            <tr key={label}>
              <th scope="row" className="left" title={label}>
                <span className="clip">{label}</span>
              </th>
              {whole &&
                counts[row].map((count, column) => (
                  <td
                    key={classes[column]}
                    className={row === column ? 'confusion-cell right' : 'confusion-cell'}
                    style={{ '--share': totals[row] > 0 ? count / totals[row] : 0 } as CSSProperties}
                    title={t('observed.confusionCell', {
                      truth: label,
                      said: classes[column],
                      count,
                      share: share(totals[row] > 0 ? count / totals[row] : Number.NaN),
                    })}
                  >
                    {count === 0 ? <span className="confusion-none">0</span> : formats.count(count)}
                  </td>
                ))}
              {scored && (
                <>
                  <td className="confusion-score">{share(scores[row].precision)}</td>
                  <td>{share(scores[row].recall)}</td>
                  <td>{share(scores[row].f1)}</td>
                  <td>{formats.count(scores[row].samples)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
