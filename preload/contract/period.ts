/** A date as people write it: it lasts as long as it says. */
export interface Period {
  /** Milliseconds since 1970. */
  readonly from: number;
  /** The first that is after it. */
  readonly to: number;
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Of `today`, `yesterday` and, an instant, of `now-90m`, `now-24h`, `now-7d` or `now-2w`. */
function relative(text: string, now: number): Period | undefined {
  const ago = /^now(?:-(\d{1,6})([mhdw]))?$/i.exec(text);
  if (ago) {
    const from = now - Number(ago[1] ?? 0) * unitMs[(ago[2] ?? 'm').toLowerCase() as keyof typeof unitMs];
    return { from, to: from + 1 };
  }
  const back = ['today', 'yesterday'].indexOf(text.toLowerCase());
  if (back < 0) return undefined;
  const today = new Date(now);
  const midnight = (day: number): number => new Date(today.getFullYear(), today.getMonth(), today.getDate() - day).getTime();
  return { from: midnight(back), to: midnight(back - 1) };
}

const pattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?)?)?$/;

/**
 * Of `2026`, `2026-11`, `2026-11-20`, `2026-11-20T18:30` or `2026-11-20 18:30:05`, of `today`, `yesterday` or `now-7d`, by the
 * machine's clock; undefined for what is no date. `now` in milliseconds since 1970.
 */
export function periodOf(text: string, now = Date.now()): Period | undefined {
  const match = pattern.exec(text);
  if (!match) return relative(text, now);
  const given = match
    .slice(1)
    .filter((part) => part !== undefined)
    .map(Number);
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = given;
  const at = (add: number): number => {
    const parts = [year, month - 1, day, hour, minute, second] as const;
    const moved = parts.map((part, index) => (index === given.length - 1 ? part + add : part)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return new Date(...moved).getTime();
  };
  const from = new Date(at(0));
  // The 31st of February would be the 3rd of March.
  const isThere = from.getMonth() === month - 1 && from.getDate() === day && hour < 24 && minute < 60 && second < 60;
  return isThere ? { from: at(0), to: at(1) } : undefined;
}
