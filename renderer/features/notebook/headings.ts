/** The headings of a note, and what is under them. */
import markdownIt from 'markdown-it';
import { type EditedBlock, isShown, type ProseBlock, proseText } from './blocks.ts';

export interface Heading {
  readonly level: number;
  readonly text: string;
}

const markdown = markdownIt({ html: false });
/** A text that has not changed is not read again. */
const known = new Map<string, readonly Heading[]>();
const kept = 500;

export function headingsIn(text: string): readonly Heading[] {
  // A heading has a # or a line of = or - below it.
  if (!/^\s{0,3}#|\n\s{0,3}(=|-)/m.test(text)) return [];
  let found = known.get(text);
  if (!found) {
    const tokens = markdown.parse(text, {});
    found = tokens.flatMap((token, index) => {
      if (token.type !== 'heading_open' || token.level > 0) return [];
      const words = (tokens[index + 1].children ?? []).map(({ type, content }) => (type.endsWith('break') ? ' ' : content)).join('');
      return [{ level: Number(token.tag.slice(1)), text: words.trim() }];
    });
    if (known.size > kept) known.clear();
    known.set(text, found);
  }
  return found;
}

const levels = new WeakMap<ProseBlock, readonly number[]>();

function levelsOf(block: EditedBlock): readonly number[] {
  if (block.type !== 'prose') return [];
  let found = levels.get(block);
  if (!found) levels.set(block, (found = headingsIn(proseText(block)).map(({ level }) => level)));
  return found;
}

const sections = new WeakMap<readonly EditedBlock[], ReadonlyMap<string, readonly string[]>>();

/**
 * Keys of the blocks under a block's last heading: down to the next heading of its level or a higher one. By the block's
 * key; one without a heading has none.
 */
export function sectionsOf(blocks: readonly EditedBlock[]): ReadonlyMap<string, readonly string[]> {
  const before = sections.get(blocks);
  if (before) return before;
  const found = new Map<string, string[]>();
  let open: { readonly key: string; readonly level: number }[] = [];
  for (const block of blocks) {
    if (!isShown(block)) continue;
    const own = levelsOf(block);
    open = open.filter(({ level }) => own.every((one) => one > level));
    for (const { key } of open) found.get(key)!.push(block.key);
    const level = own.at(-1);
    if (level === undefined) continue;
    open.push({ key: block.key, level });
    found.set(block.key, []);
  }
  sections.set(blocks, found);
  return found;
}

const none: readonly string[] = [];

export function sectionOf(blocks: readonly EditedBlock[], key: string): readonly string[] {
  return sectionsOf(blocks).get(key) ?? none;
}

/** Key of the nearest heading that this block is under. */
export function headingAbove(blocks: readonly EditedBlock[], key: string): string | undefined {
  return [...sectionsOf(blocks)].findLast(([, under]) => under.includes(key))?.[0];
}

/**
 * The collapsed headings that stay so: nothing goes out of sight by itself. One whose cells are others than before is
 * opened, and so is one that hides the block that is selected.
 */
export function stillCollapsed(
  collapsed: readonly string[],
  before: readonly EditedBlock[],
  blocks: readonly EditedBlock[],
  selected: string | undefined,
): readonly string[] {
  const stays = (key: string) => {
    const under = sectionOf(blocks, key);
    const was = sectionOf(before, key);
    return under.length > 0 && under.length === was.length && under.every((one, at) => one === was[at] && one !== selected);
  };
  return collapsed.every(stays) ? collapsed : collapsed.filter(stays);
}
