/** Writes a knob's value into the text that declares it. */
import type { KnobValue } from '#contract/spec.ts';

/** Comments and strings, which may hold what looks like code; then a call of `param` with its name. */
const tokens =
  /\/\/[^\n]*|\/\*[^]*?\*\/|(?<![\w$.])param\s*\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*)\1\s*,\s*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** `text` with `value` as the default of `param('name', …)`; undefined where it does not stand there. */
export function withParamDefault(text: string, name: string, value: KnobValue): string | undefined {
  for (const match of text.matchAll(tokens)) {
    if (match[2] !== name) continue;
    const start = match.index + match[0].length;
    const length = argumentLength(text.slice(start));
    if (length === 0) return undefined;
    const quote = /^['"`]/.exec(text.slice(start))?.[0] ?? "'";
    return text.slice(0, start) + written(value, quote) + text.slice(start + length);
  }
  return undefined;
}

/** Up to the comma or bracket that ends the argument, without the blanks before it. */
function argumentLength(text: string): number {
  let depth = 0;
  let end = 0;
  for (const [piece] of text.matchAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[^]/g)) {
    if (depth === 0 && (piece === ',' || piece === ')')) return text.slice(0, end).trimEnd().length;
    if ('([{'.includes(piece)) depth += 1;
    else if (')]}'.includes(piece)) depth -= 1;
    end += piece.length;
  }
  return 0;
}

function written(value: KnobValue, quote: string): string {
  if (typeof value !== 'string') return String(value);
  const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  return `${quote}${quote === '`' ? escaped.replaceAll('${', '\\${') : escaped}${quote}`;
}
