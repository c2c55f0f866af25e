/** The one run that the others are measured by. */
import type { RunSummary } from '#contract/runs.ts';
import type { Formats } from '../../words/format.ts';
import type { Column } from './columns.ts';

/** Columns of measured values, which say for each run how far it is from the baseline. */
export function withDistance<C extends Column>(columns: readonly C[], baseline: RunSummary | undefined, formats: Formats): C[] {
  return columns.map((column) => {
    const { best, text } = column;
    const base = baseline && best?.value(baseline);
    if (!best || base === undefined || !Number.isFinite(base)) return column;
    return {
      ...column,
      text: (run, progress) => {
        const written = text(run, progress);
        const value = best.value(run);
        if (run.id === baseline?.id || value === undefined || !Number.isFinite(value)) return written;
        const distance = value - base;
        return `${written} (${distance > 0 ? '+' : ''}${distance === 0 ? '±0' : formats.setting(Number(distance.toPrecision(2)))})`;
      },
    };
  });
}
