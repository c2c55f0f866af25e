interface Props {
  readonly label: string;
  /** 0…1; left out where it is not known. */
  readonly value?: number | undefined;
  readonly paused?: boolean;
}

export function Progress({ label, value, paused = false }: Props) {
  const share = value === undefined ? undefined : Math.min(1, Math.max(0, value));
  return (
    <div
      className={`progress${share === undefined ? ' unknown' : ''}${paused ? ' paused' : ''}`}
      // A <progress> element cannot be drawn alike in every browser.
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
    >
      <i style={share === undefined ? undefined : { transform: `scaleX(${share})` }} />
    </div>
  );
}
