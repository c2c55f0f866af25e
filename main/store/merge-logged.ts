/** One run that was read from several exports of its tool: what each of them knows of it, whatever their order. */
import type { LoggedRun, LoggedSeries, WrittenRun } from '#contract/logged-run.ts';
import type { KnobValue } from '#contract/spec.ts';

/** How many characters say a number: one that was rounded to be written has fewer. */
const digits = (value: number): number => String(value).length;

/** What a series knows: how far it goes, how much of that is a number, how exactly. In this order. */
function weightOf({ values }: LoggedSeries): readonly [number, number, number] {
  let known = 0;
  let exact = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    known++;
    exact += digits(value);
  }
  return [values.length, known, exact];
}

function knowsMore(one: LoggedSeries, other: LoggedSeries): boolean {
  const [own, others] = [weightOf(one), weightOf(other)];
  const at = own.findIndex((part, index) => part !== others[index]);
  return at >= 0 && own[at] > others[at];
}

/** pandas writes ten decimals in JSON where nobody asks for more. */
const roundedBy = 1e-9;

function laterValue(before: KnobValue | undefined, now: KnobValue): KnobValue {
  const isSame = typeof before === 'number' && typeof now === 'number' && Math.abs(before - now) < roundedBy;
  return isSame && digits(before) > digits(now) ? before : now;
}

/**
 * `now` with what `before`, which is the same run, knows beside it. Of a metric that both have, the values that go
 * farther count, then those of which more are numbers, then those with more digits. Times are kept by the clock of
 * `before`: exports give them in the time of a place that they do not name.
 */
export function mergeLogged(before: WrittenRun, now: LoggedRun): LoggedRun {
  const shift = before.startedAt - now.startedAt;
  const series = new Map(before.series.map((each) => [each.metric, each]));
  for (const each of now.series) {
    const known = series.get(each.metric);
    if (!known || knowsMore(each, known)) series.set(each.metric, { ...each, times: each.times.map((time) => time + shift) });
  }
  const params: Record<string, KnobValue> = { ...before.params };
  for (const [name, value] of Object.entries(now.params)) params[name] = laterValue(params[name], value);
  return {
    ...now,
    startedAt: before.startedAt,
    endedAt: Math.max(before.endedAt, now.endedAt + shift),
    params,
    series: [...series.values()],
  };
}
