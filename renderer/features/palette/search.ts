/** Finds commands by the letters of their titles, in order but not side by side: `rnal` finds “Run all”. */

export interface Found<T> {
  readonly item: T;
  /** Where the letters stand in the title. */
  readonly places: readonly number[];
}

export function find<T extends { readonly title: string }>(items: readonly T[], query: string): Found<T>[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return items.map((item) => ({ item, places: [] }));
  const found: (Found<T> & { score: number; order: number })[] = [];
  for (const [order, item] of items.entries()) {
    const match = matchTitle(item.title.toLocaleLowerCase(), wanted);
    if (match) found.push({ item, order, ...match });
  }
  return found.sort((a, b) => b.score - a.score || a.order - b.order).map(({ item, places }) => ({ item, places }));
}

function matchTitle(title: string, wanted: string): { places: number[]; score: number } | undefined {
  const whole = title.indexOf(wanted);
  if (whole >= 0) {
    const atWord = whole === 0 || !/[\p{L}\p{N}]/u.test(title[whole - 1]);
    return { places: Array.from(wanted, (_, index) => whole + index), score: 1000 + (atWord ? 500 : 0) - whole };
  }
  const places: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const at = title.indexOf(letter, from);
    if (at < 0) return undefined;
    // Word starts and neighbours are what a person means.
    if (at === 0 || !/[\p{L}\p{N}]/u.test(title[at - 1])) score += 10;
    else if (at === from) score += 5;
    score -= (at - from) * 0.2;
    places.push(at);
    from = at + 1;
  }
  return { places, score };
}
