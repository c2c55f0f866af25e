/** A slider's whole positions and a knob's values, on a plain or a logarithmic scale. */

export interface SliderScale {
  readonly min: number;
  readonly max: number;
  readonly step?: number | undefined;
  readonly log: boolean;
}

const smoothPositions = 200;

/** Position of the right end; the left end is 0. */
export function positions({ min, max, step, log }: SliderScale): number {
  if (log || step === undefined) return isWhole(min, max, log) ? Math.min(smoothPositions, max - min) : smoothPositions;
  return Math.max(1, Math.round((max - min) / step));
}

export function toPosition(scale: SliderScale, value: number): number {
  const { min, max, log } = scale;
  const share = log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(Math.min(1, Math.max(0, share)) * positions(scale));
}

/** Three significant digits on a logarithmic scale: 0.00316 rather than 0.0031622776. */
export function fromPosition(scale: SliderScale, position: number): number {
  const { min, max, step, log } = scale;
  const share = position / positions(scale);
  if (share <= 0) return min;
  if (share >= 1) return max;
  if (log) return Number((min * (max / min) ** share).toPrecision(3));
  if (step !== undefined) return clean(min + position * step);
  if (isWhole(min, max, log)) return Math.round(min + share * (max - min));
  return Number((min + share * (max - min)).toPrecision(4));
}

/** Bounds that are whole numbers far enough apart mean whole values: units, filters, epochs. */
function isWhole(min: number, max: number, log: boolean): boolean {
  return !log && Number.isInteger(min) && Number.isInteger(max) && max - min > 1;
}

/** 0.30000000000000004 is 0.3. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
