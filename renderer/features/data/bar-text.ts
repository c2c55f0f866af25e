/** What a bar of a column's histogram says when it is pointed at. */
import type { ColumnProfile } from '#contract/look.ts';
import type { Formats } from '../../words/format.ts';
import type { Translate } from '../../words/use-words.ts';
import { filterOfBar, spreadOf } from './bars.ts';

export function barText(t: Translate, formats: Formats, profile: ColumnProfile, index: number): string {
  const filter = filterOfBar(profile, index);
  const number = (value: number) => formats.setting(Number(value.toPrecision(5)));
  if (filter?.is === 'between')
    return t('data.bar', { from: number(filter.from), to: number(filter.to), count: spreadOf(profile)[index] ?? 0 });
  return filter?.is === 'equal' ? t('data.filterBy', { value: filter.value }) : '';
}
