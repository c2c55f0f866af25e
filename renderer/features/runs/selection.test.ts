import { describe, expect, it } from 'vitest';
import type { RunId } from '#contract/ids.ts';
import { chooseOnly, emptySelection, extendTo, keepOnly, moveBy, toggle } from './selection.ts';

const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'] as [RunId, RunId, RunId, RunId, RunId];
const order = [a, b, c, d, e];
const chosen = (selection: { chosen: ReadonlySet<RunId> }) => [...selection.chosen].sort();

describe('selection', () => {
  it('chooses one, adds and takes away', () => {
    let selection = chooseOnly(b);
    selection = toggle(selection, d);
    expect(chosen(selection)).toEqual([b, d]);
    expect(chosen(toggle(selection, b))).toEqual([d]);
  });

  it('extends from the anchor in either direction, and shrinks again', () => {
    let selection = extendTo(chooseOnly(c), order, e);
    expect(chosen(selection)).toEqual([c, d, e]);
    selection = extendTo(selection, order, d);
    expect(chosen(selection)).toEqual([c, d]);
    selection = extendTo(selection, order, a);
    expect(chosen(selection)).toEqual([a, b, c]);
    expect(selection.anchor).toBe(c);
    expect(selection.active).toBe(a);
  });

  it('keeps what was chosen where asked, and follows the order on the screen', () => {
    const selection = extendTo(toggle(chooseOnly(a), d), order, e, true);
    expect(chosen(selection)).toEqual([a, d, e]);
    expect(chosen(extendTo(chooseOnly(a), [a, e, d, c, b], d))).toEqual([a, d, e]);
  });

  it('falls back to one where the anchor is not in the list', () => {
    expect(chosen(extendTo(emptySelection, order, c))).toEqual([c]);
    expect(extendTo(chooseOnly(a), order, 'gone' as RunId)).toEqual(chooseOnly(a));
  });

  it('moves within the list', () => {
    expect(moveBy(emptySelection, order, 1)).toBe(a);
    expect(moveBy(emptySelection, order, -1)).toBe(e);
    expect(moveBy(chooseOnly(c), order, 12)).toBe(e);
    expect(moveBy(chooseOnly(a), order, -1)).toBe(a);
    expect(moveBy(chooseOnly(a), [], 1)).toBeUndefined();
  });

  it('lets go of what is gone, and is the same object where nothing is', () => {
    const selection = extendTo(chooseOnly(a), order, c);
    expect(keepOnly(selection, new Set(order))).toBe(selection);
    const kept = keepOnly(selection, new Set([b, c]));
    expect(chosen(kept)).toEqual([b, c]);
    expect(kept.anchor).toBeUndefined();
    expect(kept.active).toBe(c);
  });
});
