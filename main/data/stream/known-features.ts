/** Features that were fitted before, of a stored table: what `fittedFeatures` does to values in memory. */
import type { Feature } from '#contract/samples.ts';
import { columnNamed, type TypedColumn } from '../columns.ts';
import { isOfText, transform, withoutReplace } from '../features.ts';
import type { Columns } from './stream-columns.ts';
import { type Draft, type StreamedFeature, valuesIn } from './stream-features.ts';
import type { StreamRows } from './stream-rows.ts';

/** Throws `data.columnMissing`. */
export function knownStreamedFeatures(
  rows: StreamRows,
  typed: readonly TypedColumn[],
  columns: Columns,
  features: readonly Feature[],
): StreamedFeature[] {
  return features.map((feature) => {
    const column = columnNamed(typed, feature.column, rows.path, '/data/source');
    const source = columns.get(column.name)!;
    const done = withoutReplace(feature);
    const { before = [], category, offset, scale } = done;
    const steps = category === undefined ? [...before, { op: 'scale' as const, offset, scale }] : [...before];
    const draft: Draft = {
      column,
      source,
      kind: 'number',
      textIsOdd: !isOfText(done),
      before: steps,
      ...(category !== undefined && { category }),
      ...(source.kind === 'codes' && {
        byCode: source.texts.map((text) => steps.reduce<string | number>((value, step) => transform(step, value), text)),
      }),
    };
    return { feature, column, valuesIn: (block) => valuesIn(rows, draft, block) };
  });
}
