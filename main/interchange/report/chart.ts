/** Charts of a report: drawn here as SVG, so that they print and show without a script, and drawn again by the page where it zooms. */

export interface ChartLine {
  /** Number of the run's colour. */
  readonly color: number;
  readonly dotted: boolean;
  /** `[epoch, value]`, epochs rising; null where the value is not a number. */
  readonly points: readonly (readonly [number, number | null])[];
}

export interface Chart {
  readonly lines: readonly ChartLine[];
  /** BCP 47, for the numbers on the axes. */
  readonly locale: string;
}

/**
 * What is inside the `<svg viewBox="0 0 560 260">` for the epochs `from` to `to`. Its own text is the page's script too,
 * so it uses nothing from outside of itself.
 */
export function drawChart(chart: Chart, from: number, to: number): string {
  const [left, top, right, bottom] = [56, 10, 548, 226];
  const shown = chart.lines.flatMap((line) => line.points.filter(([epoch, value]) => value !== null && epoch >= from && epoch <= to));
  const values = shown.map(([, value]) => value as number);
  let low = values.length > 0 ? Math.min(...values) : 0;
  let high = values.length > 0 ? Math.max(...values) : 1;
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const room = (high - low) * 0.04;
  [low, high] = [low - room, high + room];
  const x = (epoch: number) => (to === from ? (left + right) / 2 : left + ((epoch - from) / (to - from)) * (right - left));
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top);
  const stepOf = (range: number, count: number, least: number) => {
    const rough = range / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const unit = rough / power;
    return Math.max(least, (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10) * power);
  };
  const numbers = new Intl.NumberFormat(chart.locale, { maximumSignificantDigits: 4 });
  const parts: string[] = [];
  const stepY = stepOf(high - low, 5, 0);
  for (let at = Math.ceil(low / stepY) * stepY; at <= high; at += stepY) {
    const clean = Number(at.toPrecision(12));
    const height = y(at).toFixed(1);
    parts.push(`<line class="grid" x1="${left}" x2="${right}" y1="${height}" y2="${height}"/>`);
    parts.push(`<text x="${left - 6}" y="${(y(at) + 4).toFixed(1)}" text-anchor="end">${numbers.format(clean)}</text>`);
  }
  const stepX = to === from ? 1 : Math.max(1, Math.round(stepOf(to - from, 7, 1)));
  for (let at = Math.ceil(from / stepX) * stepX; at <= to; at += stepX) {
    parts.push(`<text x="${x(at).toFixed(1)}" y="244" text-anchor="middle">${numbers.format(at)}</text>`);
  }
  parts.push(`<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`);
  for (const { color, dotted, points } of chart.lines) {
    // One epoch beyond either edge, so that a line leaves the picture instead of ending in it.
    const first = points.findIndex(([epoch]) => epoch >= from);
    const after = points.findIndex(([epoch]) => epoch > to);
    const near = first < 0 ? [] : points.slice(Math.max(0, first - 1), after < 0 ? undefined : after + 1);
    const look = `class="line r${(color % 6) + 1}${dotted ? ' dotted' : ''}"`;
    const known = near.filter((point): point is [number, number] => point[1] !== null);
    if (known.length === 1) parts.push(`<circle ${look} cx="${x(known[0][0]).toFixed(1)}" cy="${y(known[0][1]).toFixed(1)}" r="2.5"/>`);
    let path = '';
    let pen = 'M';
    for (const [epoch, value] of near) {
      if (value !== null) path += `${pen}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = value === null ? 'M' : 'L';
    }
    if (path !== '') parts.push(`<path ${look} d="${path}"/>`);
  }
  return parts.join('');
}

/** The epochs that a chart covers. */
export function extentOf({ lines }: Chart): readonly [number, number] {
  const epochs = lines.flatMap(({ points }) => points.map(([epoch]) => epoch));
  return epochs.length === 0 ? [1, 1] : [Math.min(...epochs), Math.max(...epochs)];
}
