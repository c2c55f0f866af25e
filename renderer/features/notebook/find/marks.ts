/** Draws what was found: as decorations in the cells' models, and as highlights over rendered prose. */
import { cellsOf, type EditedBlock } from '../blocks.ts';
import { blockElement } from '../block-element.ts';
import { loadMonaco, modelOf } from '../editor/load.ts';
import type { Match } from './find-text.ts';

/** Decorations of each model, by its address. */
const drawn = new Map<string, string[]>();
let latest = 0;

/** Takes all marks away where `matches` is empty. */
export function drawMarks(
  blocks: readonly EditedBlock[],
  matches: readonly Match[],
  current: Match | undefined,
  expression: RegExp | undefined,
): void {
  const turn = (latest += 1);
  markProse(blocks, matches, current, expression);
  void loadMonaco().then((monaco) => {
    if (turn !== latest) return;
    for (const cell of cellsOf(blocks)) {
      const here = matches.filter(({ key }) => key === cell.key);
      const address = cell.key;
      if (here.length === 0 && !drawn.has(address)) continue;
      const model = modelOf(monaco, cell);
      const decorations = here.map((match) => {
        const from = model.getPositionAt(match.start);
        const to = model.getPositionAt(match.end);
        return {
          range: new monaco.Range(from.lineNumber, from.column, to.lineNumber, to.column),
          options: { inlineClassName: match === current ? 'found current' : 'found' },
        };
      });
      const ids = model.deltaDecorations(drawn.get(address) ?? [], decorations);
      if (ids.length === 0) drawn.delete(address);
      else drawn.set(address, ids);
    }
  });
}

/** The text on the screen is not the text that is written, so what is found there is looked for again. */
function markProse(
  blocks: readonly EditedBlock[],
  matches: readonly Match[],
  current: Match | undefined,
  expression: RegExp | undefined,
): void {
  if (!('highlights' in CSS)) return;
  const all: Range[] = [];
  const chosen: Range[] = [];
  if (expression) {
    for (const block of blocks) {
      if (block.type !== 'prose') continue;
      const here = matches.filter(({ key }) => key === block.key);
      if (here.length === 0) continue;
      const ranges = rangesIn(blockElement(block.key)?.querySelector('.prose'), expression);
      const at = current?.key === block.key ? here.indexOf(current) : -1;
      // Marks such as the stars around a word stand in the text alone: then the nearest is the one.
      const own = at < 0 ? undefined : ranges[Math.min(at, ranges.length - 1)];
      for (const range of ranges) (range === own ? chosen : all).push(range);
    }
  }
  CSS.highlights.set('found', new Highlight(...all));
  CSS.highlights.set('found-current', new Highlight(...chosen));
}

function rangesIn(element: Element | null | undefined, expression: RegExp): Range[] {
  if (!element) return [];
  const nodes: { node: Text; start: number }[] = [];
  let text = '';
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node: node as Text, start: text.length });
    text += node.nodeValue ?? '';
  }
  const place = (offset: number) => nodes.findLast(({ start }) => start <= offset)!;
  return [...text.matchAll(expression)].flatMap((match) => {
    if (match[0] === '') return [];
    const first = place(match.index);
    const last = place(match.index + match[0].length - 1);
    const range = document.createRange();
    range.setStart(first.node, match.index - first.start);
    range.setEnd(last.node, match.index + match[0].length - last.start);
    return [range];
  });
}

/** Scrolls to where `match` is drawn, when it is. */
export function revealMark(match: Match): void {
  const element = blockElement(match.key);
  if (!element) return;
  element.scrollIntoView({ block: 'nearest' });
  const until = performance.now() + 1_500;
  const look = () => {
    const mark = element.querySelector('.found.current');
    if (mark) center(mark, mark.getBoundingClientRect());
    else {
      const [range] = 'highlights' in CSS ? [...(CSS.highlights.get('found-current') ?? [])] : [];
      if (range instanceof Range && element.contains(range.startContainer)) center(element, range.getBoundingClientRect());
      // The editor is mounted when it comes near the screen, and then draws its marks.
      else if (performance.now() < until) setTimeout(look, 50);
    }
  };
  look();
}

function center(element: Element, { top, bottom }: DOMRect): void {
  const scroller = element.closest('.main');
  if (!scroller) return;
  const view = scroller.getBoundingClientRect();
  const margin = 60;
  if (top >= view.top + margin && bottom <= view.bottom - margin) return;
  scroller.scrollTop += (top + bottom) / 2 - (view.top + view.bottom) / 2;
}
