/** Mends of findings, written into the text of a cell. */
import type { DataFix } from '#contract/notebook.ts';

/** Comments and strings, in which no code stands; brackets, names, and the rest sign by sign. */
const pieces = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[\p{L}_$][\p{L}\p{N}_$]*|\s+|[^]/gu;

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly isCode: boolean;
}

function piecesOf(text: string): Piece[] {
  return [...text.matchAll(pieces)].map(({ 0: piece, index }) => ({
    text: piece,
    start: index,
    isCode: !/^(?:\/\/|\/\*|['"`])/.test(piece) && piece.trim() !== '',
  }));
}

/** One call of a chain: `.split({ … })`. */
interface Call {
  readonly name: string;
  /** Of the dot (of the name for `train`), the opening bracket, and behind the closing one. */
  readonly start: number;
  readonly open: number;
  readonly end: number;
}

/** The calls that follow each other from a piece on: `data.csv(…).target(…)`. */
function chainFrom(all: readonly Piece[], from: number): Call[] {
  const code = all.slice(from).filter(({ isCode }) => isCode);
  const calls: Call[] = [];
  let at = 0;
  if (code[at + 1]?.text === '.') at += 1;
  while (at < code.length) {
    const isMember = code[at].text === '.';
    const name = code[isMember ? at + 1 : at];
    const open = isMember ? at + 2 : at + 1;
    if (!name || code[open]?.text !== '(') break;
    let depth = 0;
    let close = open;
    for (; close < code.length; close += 1) {
      if ('([{'.includes(code[close].text)) depth += 1;
      if (')]}'.includes(code[close].text)) depth -= 1;
      if (depth === 0) break;
    }
    if (close >= code.length) break;
    calls.push({ name: name.text, start: code[at].start, open: code[open].start, end: code[close].start + 1 });
    at = close + 1;
    if (code[at]?.text !== '.') break;
  }
  return calls;
}

/** The first chain that begins with the name, as code. */
function chainOf(text: string, name: 'data' | 'train'): Call[] {
  const all = piecesOf(text);
  const start = all.findIndex(
    (piece, index) =>
      piece.text === name &&
      all[index - 1]?.text !== '.' &&
      all.slice(index + 1).find(({ isCode }) => isCode)?.text === (name === 'data' ? '.' : '('),
  );
  return start < 0 ? [] : chainFrom(all, start);
}

/** The cell's text with the mend in it; undefined where its text has no place for it. */
export function withDataFix(text: string, fix: DataFix): string | undefined {
  if (fix.do === 'setTrainOption') {
    const [train] = chainOf(text, 'train');
    return train && withOption(text, train, fix.name, fix.value, []);
  }
  const calls = chainOf(text, 'data');
  if (calls.length === 0) return undefined;
  if (fix.do === 'addStep') {
    const before = calls.slice(1).find(({ name }) => fix.before?.includes(name));
    const last = calls[calls.length - 1];
    const place = before ? before.start : last.end;
    // Steps that stand on lines of their own get one more line like them.
    const dots = calls.slice(1).map(({ start }) => /\n([ \t]*)$/.exec(text.slice(0, start))?.[1]);
    const indent = dots.find((one) => one !== undefined);
    if (indent === undefined) return text.slice(0, place) + fix.step + text.slice(place);
    return before && dots[calls.indexOf(before) - 1] !== undefined
      ? `${text.slice(0, place)}${fix.step}\n${indent}${text.slice(place)}`
      : `${text.slice(0, place)}${before ? '' : `\n${indent}`}${fix.step}${text.slice(place)}`;
  }
  if (fix.do === 'setStep') {
    const old = calls.find(({ name }) => name === fix.of);
    return old && text.slice(0, old.start) + fix.step + text.slice(old.end);
  }
  const call = calls.find(({ name }) => name === fix.of) ?? (fix.of === calls[0].name ? calls[0] : undefined);
  return call && withOption(text, call, fix.name, fix.value, fix.without ?? []);
}

function withOption(text: string, call: Call, name: string, value: string, without: readonly string[]): string | undefined {
  const inside = text.slice(call.open + 1, call.end - 1);
  const brace = piecesOf(inside).findLast(({ isCode }) => isCode);
  if (brace?.text !== '}') {
    const given = inside.trim() === '' ? '' : `${inside.trimEnd().replace(/,$/, '')}, `;
    return `${text.slice(0, call.open + 1)}${given}{ ${name}: ${value} }${text.slice(call.end - 1)}`;
  }
  const object = lastObject(inside);
  if (!object) return undefined;
  const kept = object.entries.filter(({ key }) => key !== name && !without.includes(key)).map((entry) => entry.text);
  const old = object.entries.find(({ key }) => key === name);
  const entries = old
    ? object.entries.filter(({ key }) => !without.includes(key)).map((entry) => (entry === old ? `${name}: ${value}` : entry.text))
    : [...kept, `${name}: ${value}`];
  const indent = /\n([ \t]*)\S/.exec(inside.slice(object.start))?.[1];
  const closing = /\n([ \t]*)$/.exec(inside.slice(object.start, object.end - 1))?.[1];
  const body =
    indent !== undefined && closing !== undefined
      ? `{\n${entries.map((entry) => `${indent}${entry},\n`).join('')}${closing}}`
      : `{ ${entries.join(', ')} }`;
  return text.slice(0, call.open + 1) + inside.slice(0, object.start) + body + inside.slice(object.end) + text.slice(call.end - 1);
}

/** The last argument, an object, cut at its commas. */
function lastObject(inside: string): { start: number; end: number; entries: { key: string; text: string }[] } | undefined {
  let depth = 0;
  let start = -1;
  let end = -1;
  let cuts: number[] = [];
  for (const { text, start: at, isCode } of piecesOf(inside)) {
    if (!isCode) continue;
    if ('([{'.includes(text)) {
      if (depth === 0) [start, cuts] = [at, [at]];
      depth += 1;
    } else if (')]}'.includes(text)) {
      depth -= 1;
      if (depth === 0) end = at + 1;
    } else if (text === ',' && depth === 1) cuts.push(at);
  }
  if (start < 0 || end < 0) return undefined;
  const entries = cuts
    .map((cut, index) => inside.slice(cut + 1, cuts[index + 1] ?? end - 1).trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, key: /^(?:\/\*[^]*?\*\/\s*|\/\/[^\n]*\n\s*)*['"]?([\p{L}_$][\p{L}\p{N}_$]*)/u.exec(text)?.[1] ?? '' }));
  return { start, end, entries };
}
