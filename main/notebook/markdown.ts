/**
 * Finds the fenced code blocks at the top level of a CommonMark text, line by line.
 * This is the block phase of CommonMark 0.31 (spec.commonmark.org/0.31.2, appendix), as far as it decides
 * where a top-level fence begins and ends: block quotes, list items, HTML blocks, indented code and
 * paragraphs with their lazy continuation lines are followed; inlines are not.
 */

export interface Fence {
  /** Lines from 0: the opening line, and the one after the last line of content. */
  readonly openLine: number;
  readonly contentEnd: number;
  readonly closed: boolean;
  readonly marker: '`' | '~';
  readonly length: number;
  /** What stands after the opening marker, trimmed. */
  readonly info: string;
}

type Container = { type: 'quote' } | { type: 'item'; indent: number; empty: boolean };
type Leaf =
  | { type: 'none' }
  | { type: 'paragraph' }
  | { type: 'code' }
  | { type: 'fence'; marker: string; length: number }
  | { type: 'html'; end: RegExp | undefined };

/** What is open after the last line, at the top level. */
export type OpenEnd = { type: 'closed' } | { type: 'fence'; marker: string; length: number } | { type: 'html'; end: RegExp | undefined };

const htmlStarts: readonly [start: RegExp, end: RegExp | undefined, closer: string][] = [
  [/^<(?:script|pre|textarea|style)(?:\s|>|$)/i, /<\/(?:script|pre|textarea|style)>/i, '</script>'],
  [/^<!--/, /-->/, '-->'],
  [/^<\?/, /\?>/, '?>'],
  [/^<![A-Za-z]/, />/, '>'],
  [/^<!\[CDATA\[/, /\]\]>/, ']]>'],
  [
    /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i,
    undefined,
    '',
  ],
];
const attribute = String.raw`\s+[a-zA-Z_:][\w:.-]*(?:\s*=\s*(?:[^\s"'=<>${'`'}]+|'[^']*'|"[^"]*"))?`;
const loneTag = new RegExp(String.raw`^(?:<[A-Za-z][A-Za-z0-9-]*(?:${attribute})*\s*\/?>|<\/[A-Za-z][A-Za-z0-9-]*\s*>)\s*$`);
const thematicBreak = /^(?:\*[ \t]*){3,}$|^(?:_[ \t]*){3,}$|^(?:-[ \t]*){3,}$/;
const setextLine = /^(?:=+|-+)[ \t]*$/;
const heading = /^#{1,6}(?:[ \t]|$)/;
const bullet = /^[*+-]/;
const ordinal = /^(\d{1,9})[.)]/;

/** Text that ends an HTML block which ends at `end`. */
export function htmlCloser(end: RegExp | undefined): string {
  return htmlStarts.find((start) => start[1] === end)?.[2] ?? '';
}

/** A place in a line, with the column that tabs give it. */
class Cursor {
  readonly text: string;
  offset = 0;
  column = 0;
  /** Columns of a tab that is only partly consumed. */
  private partOfTab = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Columns of white space from here, without moving. */
  indent(): number {
    let columns = this.partOfTab;
    let column = this.column + this.partOfTab;
    for (let at = this.offset; at < this.text.length; at += 1) {
      const sign = this.text[at];
      const width = sign === '\t' ? 4 - (column % 4) : sign === ' ' ? 1 : 0;
      if (width === 0) break;
      columns += width;
      column += width;
    }
    return columns;
  }

  blank(): boolean {
    return /^[ \t]*$/.test(this.text.slice(this.offset));
  }

  rest(): string {
    return this.text.slice(this.offset).replace(/^[ \t]+/, '');
  }

  skip(columns: number): void {
    let left = columns;
    const fromTab = Math.min(left, this.partOfTab);
    this.partOfTab -= fromTab;
    this.column += fromTab;
    left -= fromTab;
    while (left > 0 && this.offset < this.text.length) {
      const width = this.text[this.offset] === '\t' ? 4 - (this.column % 4) : 1;
      this.offset += 1;
      const taken = Math.min(width, left);
      this.column += taken;
      this.partOfTab = width - taken;
      left -= taken;
    }
  }
}

function fenceAt(rest: string): { marker: '`' | '~'; length: number; info: string } | undefined {
  const found = /^(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(rest);
  if (!found) return undefined;
  const run = found[1] ?? found[3];
  return { marker: run[0] as '`' | '~', length: run.length, info: (found[2] ?? found[4] ?? '').trim() };
}

function closes(rest: string, fence: { marker: string; length: number }): boolean {
  const run = /^(`{3,}|~{3,})[ \t]*$/.exec(rest)?.[1];
  return run !== undefined && run[0] === fence.marker && run.length >= fence.length;
}

/** `lines` are without their line ends. */
export function scanFences(lines: readonly string[]): { fences: Fence[]; end: OpenEnd } {
  const fences: Fence[] = [];
  let containers: Container[] = [];
  let leaf: Leaf = { type: 'none' };
  let open: { openLine: number; info: string; marker: '`' | '~'; length: number } | undefined;

  const endFence = (contentEnd: number, closed: boolean): void => {
    if (open) fences.push({ ...open, contentEnd, closed });
    open = undefined;
  };

  for (const [number, text] of lines.entries()) {
    const cursor = new Cursor(text);
    let matched = 0;
    for (const container of containers) {
      const indent = cursor.indent();
      if (container.type === 'quote') {
        if (indent > 3 || cursor.rest()[0] !== '>') break;
        cursor.skip(indent + 1);
        if (cursor.indent() > 0) cursor.skip(1);
      } else if (cursor.blank()) {
        if (container.empty) break;
        cursor.skip(indent);
      } else if (indent >= container.indent) {
        cursor.skip(container.indent);
        container.empty = false;
      } else break;
      matched += 1;
    }
    const allMatched = matched === containers.length;

    if (allMatched && leaf.type === 'fence') {
      if (cursor.indent() <= 3 && closes(cursor.rest(), leaf)) {
        endFence(number, true);
        leaf = { type: 'none' };
      }
      continue;
    }
    if (allMatched && leaf.type === 'html') {
      if (leaf.end ? leaf.end.test(cursor.text.slice(cursor.offset)) : cursor.blank()) leaf = { type: 'none' };
      continue;
    }
    if (allMatched && leaf.type === 'code') {
      if (cursor.indent() >= 4 || cursor.blank()) continue;
      leaf = { type: 'none' };
    }

    // A paragraph stays the tip until something else begins: a line that fits none of its containers may continue it.
    const paragraphIsTip = leaf.type === 'paragraph';
    let paragraphHere = paragraphIsTip && allMatched;
    const next = containers.slice(0, matched);
    let began: Leaf | undefined;
    let newContainer = false;
    let fenceBegan: ReturnType<typeof fenceAt>;
    for (;;) {
      const indent = cursor.indent();
      if (cursor.blank()) break;
      if (indent >= 4) {
        if (!paragraphIsTip || newContainer) began = { type: 'code' };
        break;
      }
      const rest = cursor.rest();
      if (rest[0] === '>') {
        cursor.skip(indent + 1);
        if (cursor.indent() > 0) cursor.skip(1);
        next.push({ type: 'quote' });
        newContainer = true;
        paragraphHere = false;
        continue;
      }
      if (heading.test(rest)) {
        began = { type: 'none' };
        break;
      }
      fenceBegan = fenceAt(rest);
      if (fenceBegan) {
        began = { type: 'fence', marker: fenceBegan.marker, length: fenceBegan.length };
        break;
      }
      const html = htmlStarts.find(([start]) => start.test(rest));
      if (html || (loneTag.test(rest) && !(paragraphIsTip && !newContainer))) {
        const end = html?.[1];
        began = end?.test(rest) ? { type: 'none' } : { type: 'html', end };
        break;
      }
      if (paragraphHere && setextLine.test(rest)) {
        began = { type: 'none' };
        break;
      }
      if (thematicBreak.test(rest)) {
        began = { type: 'none' };
        break;
      }
      const marker = bullet.exec(rest)?.[0] ?? ordinal.exec(rest)?.[0];
      const after = marker === undefined ? '' : rest.slice(marker.length);
      if (marker !== undefined && /^(?:[ \t]|$)/.test(after)) {
        const empty = /^[ \t]*$/.test(after);
        const number = ordinal.exec(rest)?.[1];
        if (paragraphHere && (empty || (number !== undefined && Number(number) !== 1))) break;
        cursor.skip(indent + marker.length);
        const spaces = cursor.indent();
        const padding = empty || spaces > 4 ? 1 : spaces;
        if (!empty) cursor.skip(padding);
        next.push({ type: 'item', indent: indent + marker.length + padding, empty });
        newContainer = true;
        paragraphHere = false;
        continue;
      }
      break;
    }

    if (!began && !newContainer && !allMatched && paragraphIsTip && !cursor.blank()) continue; // lazy continuation

    // A fence in a container ends with the container; one at the top level never fails to match.
    if (!allMatched) endFence(number, false);
    containers = next;
    if (began) leaf = began;
    else if (cursor.blank()) leaf = { type: 'none' };
    else leaf = { type: 'paragraph' };
    if (fenceBegan && containers.length === 0) open = { openLine: number, ...fenceBegan };
  }

  if (open) endFence(lines.length, false);
  const end: OpenEnd = containers.length === 0 && (leaf.type === 'fence' || leaf.type === 'html') ? leaf : { type: 'closed' };
  return { fences, end };
}
