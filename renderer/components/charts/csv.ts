import type { LineSeries } from './series.ts';

/** One line a point: name, x, value, what it was before smoothing, both ends of the band. RFC 4180, UTF-8. */
export function csvOf(series: readonly LineSeries[], xName: string): string {
  const hasRaw = series.some(({ raw }) => raw !== undefined);
  const hasBand = series.some(({ band }) => band !== undefined);
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [['name', cell(xName), 'value', ...(hasRaw ? ['raw'] : []), ...(hasBand ? ['low', 'high'] : [])].join(',')];
  for (const { name, x, y, raw, band } of series) {
    const written = cell(name);
    for (let index = 0; index < x.length; index++) {
      const own = [written, x[index], y[index]];
      if (hasRaw) own.push(raw?.y[index] ?? '');
      if (hasBand) own.push(band?.low[index] ?? '', band?.high[index] ?? '');
      lines.push(own.join(','));
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
