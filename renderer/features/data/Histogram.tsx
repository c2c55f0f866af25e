import type { ColumnProfile } from '#contract/look.ts';

interface Props {
  readonly counts: readonly number[];
  readonly height: number;
  /** Makes each bar a button. */
  readonly onChoose?: ((index: number) => void) | undefined;
  readonly labelOf?: (index: number) => string;
}

/** Bars side by side; nothing more. */
export function Histogram({ counts, height, onChoose, labelOf }: Props) {
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const style = { height: count === 0 ? 1 : Math.max(2, (count / most) * height) };
    return onChoose && labelOf ? (
      // A bar has no name but its place.
      // oxlint-disable-next-line react/no-array-index-key
      <button key={index} type="button" title={labelOf(index)} aria-label={labelOf(index)} onClick={() => onChoose(index)}>
        <i style={style} />
      </button>
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index}>
        <i style={style} />
      </span>
    );
  });
  return (
    <div className="histogram" style={{ height }} aria-hidden={onChoose === undefined}>
      {bars}
    </div>
  );
}

/** Counts that show a column's spread in little: its histogram, or its most frequent values. */
export function spreadOf(profile: ColumnProfile): readonly number[] {
  return profile.histogram?.counts ?? profile.top?.map(({ count }) => count) ?? [];
}
