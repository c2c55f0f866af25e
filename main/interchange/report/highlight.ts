/** A cell's text in colours: enough of TypeScript to tell words, calls, strings, numbers and comments apart. */
import { escapeHtml, type Html, raw } from './html.ts';

const keywords = new Set(
  'as async await break case catch class const continue default delete do else extends false finally for function if in instanceof interface let new null of return satisfies super switch this throw true try type typeof undefined var void while'.split(
    ' ',
  ),
);
const token =
  /(?<comment>\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<string>'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|`(?:\\[^]|[^`\\])*`?)|(?<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)(?<call>\s*\()?/giu;

export function highlight(source: string): Html {
  let done = 0;
  let result = '';
  const put = (name: string, text: string) => {
    result += `<span class="c-${name}">${escapeHtml(text)}</span>`;
  };
  for (const match of source.matchAll(token)) {
    const { comment, string, number, word, call } = match.groups!;
    result += escapeHtml(source.slice(done, match.index));
    done = match.index + match[0].length;
    if (comment !== undefined) put('comment', comment);
    else if (string !== undefined) put('string', string);
    else if (number !== undefined) put('number', number);
    else if (word !== undefined) {
      if (keywords.has(word)) put('keyword', word);
      else if (call !== undefined) put('call', word);
      else result += escapeHtml(word);
      result += escapeHtml(call ?? '');
    }
  }
  return raw(result + escapeHtml(source.slice(done)));
}
