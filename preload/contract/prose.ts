/** What a notebook's prose has beyond CommonMark and tables, on the screen and in reports alike: formulas and task lists. */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

/** Gives HTML for a formula in TeX; `display`: on a line of its own. */
export type RenderFormula = (tex: string, display: boolean) => string;

/** `$…$` in a line, `$$…$$` and fences marked `math` on lines of their own, as code hosts read them. */
export function addFormulas(markdown: MarkdownIt, render: RenderFormula): void {
  markdown.inline.ruler.before('escape', 'formula', inlineFormula);
  markdown.block.ruler.before('fence', 'formula_block', blockFormula, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
  const { rules } = markdown.renderer;
  rules['formula'] = (tokens, index) => render(tokens[index].content, tokens[index].markup === '$$');
  rules['formula_block'] = (tokens, index) => `<p>${render(tokens[index].content, true)}</p>\n`;
  const fence = rules['fence'];
  rules['fence'] = (tokens, index, ...rest) =>
    tokens[index].info.trim() === 'math' || !fence ? `<p>${render(tokens[index].content, true)}</p>\n` : fence(tokens, index, ...rest);
}

/** A price is none: the opening `$` has no blank behind it, the closing one no blank before it and no digit after it. */
function inlineFormula(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (src[pos] !== '$') return false;
  const mark = src.startsWith('$$', pos) ? '$$' : '$';
  const start = pos + mark.length;
  let end = start;
  for (; ; end += mark.length) {
    end = src.indexOf(mark, end);
    if (end < 0 || end + mark.length > posMax) return false;
    let slashes = 0;
    while (src[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) break;
  }
  const tex = src.slice(start, end);
  if (tex.trim() === '' || (mark === '$' && (/^\s|\s$/.test(tex) || /\d/.test(src[end + 1] ?? '')))) return false;
  if (!silent) {
    const token = state.push('formula', 'math', 0);
    token.content = tex;
    token.markup = mark;
  }
  state.pos = end + mark.length;
  return true;
}

function blockFormula(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineOf = (line: number) => state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]).trimEnd();
  const first = lineOf(startLine);
  if (!first.startsWith('$$') || state.sCount[startLine] - state.blkIndent >= 4) return false;
  const rest = first.slice(2);
  const lines: string[] = [];
  let line = startLine;
  if (rest.length >= 2 && rest.endsWith('$$')) lines.push(rest.slice(0, -2));
  else {
    // Something behind the closing marks makes it part of a paragraph.
    if (rest.includes('$$')) return false;
    lines.push(rest);
    for (line += 1; ; line += 1) {
      if (line >= endLine || (state.sCount[line] < state.blkIndent && lineOf(line) !== '')) return false;
      const text = lineOf(line);
      if (text.endsWith('$$')) {
        lines.push(text.slice(0, -2));
        break;
      }
      lines.push(text);
    }
  }
  if (lines.join('').trim() === '') return false;
  if (silent) return true;
  const token = state.push('formula_block', 'math', 0);
  token.block = true;
  token.content = lines.join('\n').trim();
  token.map = [startLine, line + 1];
  state.line = line + 1;
  return true;
}

/** `- [ ]` and `- [x]`. Where they can be ticked, `data-line` is their line in the text, from 0. */
export function addTaskLists(markdown: MarkdownIt, canTick: boolean): void {
  markdown.core.ruler.after('inline', 'task_list', (state) => {
    const { tokens } = state;
    for (const [index, token] of tokens.entries()) {
      const [paragraph, inline] = tokens.slice(index + 1, index + 3);
      if (token.type !== 'list_item_open' || paragraph?.type !== 'paragraph_open' || inline?.type !== 'inline') continue;
      const text = inline.children?.[0];
      const mark = /^\[([ xX])\]\s+/.exec(text?.content ?? '');
      if (!mark || text?.type !== 'text' || !inline.children) continue;
      text.content = text.content.slice(mark[0].length);
      token.attrJoin('class', 'task');
      const box = new state.Token('html_inline', '', 0);
      const ticked = mark[1] === ' ' ? '' : ' checked';
      const place = canTick ? `data-line="${inline.map?.[0] ?? 0}"` : 'disabled';
      box.content = `<label><input type="checkbox"${ticked} ${place}> `;
      const end = new state.Token('html_inline', '', 0);
      end.content = '</label>';
      inline.children = [box, ...inline.children, end];
    }
  });
}

/** `text` with the task in `line` (from 0) ticked, or not any more. */
export function withTaskTicked(text: string, line: number, ticked: boolean): string {
  const lines = text.split('\n');
  const before = lines[line];
  if (before !== undefined) lines[line] = before.replace(/\[[ xX]\]/, ticked ? '[x]' : '[ ]');
  return lines.join('\n');
}
