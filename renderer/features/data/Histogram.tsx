interface Props {
  readonly counts: readonly number[];
  readonly height: number;
  /** Makes each bar a button. */
  readonly onChoose?: ((index: number) => void) | undefined;
  readonly labelOf?: (index: number) => string;
  /** Where the keyboard has another way to the same, bars need no stop each. */
  readonly stops?: boolean;
}

/** Bars side by side; nothing more. */
export function Histogram({ counts, height, onChoose, labelOf, stops = true }: Props) {
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const style = { height: count === 0 ? 1 : Math.max(2, (count / most) * height) };
    return onChoose && labelOf ? (
      // A bar has no name but its place.
      <button
        // oxlint-disable-next-line react/no-array-index-key
        key={index}
        type="button"
        tabIndex={stops ? undefined : -1}
        title={labelOf(index)}
        aria-label={labelOf(index)}
        onClick={() => onChoose(index)}
      >
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
