/** Reads what Python's `repr` writes of plain data: dicts, lists, tuples, texts, numbers, True, False, None, nan, inf. */

const words: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  nan: Number.NaN,
  inf: Infinity,
  '-inf': -Infinity,
};
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' };
const deepest = 100;

/** Throws a SyntaxError where the text is anything else. */
export function readPythonLiteral(text: string): unknown {
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(`not Python's plain data at character ${at + 1}`);
  };
  const blank = () => {
    while (at < text.length && /\s/.test(text[at])) at++;
  };
  const takes = (mark: string): boolean => {
    blank();
    if (text[at] !== mark) return false;
    at++;
    return true;
  };

  function readText(): string {
    const quote = text[at++];
    let result = '';
    for (; text[at] !== quote; at++) {
      if (at >= text.length) fail();
      if (text[at] !== '\\') {
        result += text[at];
        continue;
      }
      const code = /^(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8}))/i.exec(text.slice(at + 1, at + 10));
      if (code) {
        result += String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3], 16));
        at += code[0].length;
      } else result += escapes[text[++at]] ?? `\\${text[at] ?? ''}`;
    }
    at++;
    return result;
  }

  function readList(end: string, depth: number): unknown[] {
    const list: unknown[] = [];
    while (!takes(end)) {
      list.push(readValue(depth + 1));
      if (!takes(',')) {
        if (!takes(end)) fail();
        break;
      }
    }
    return list;
  }

  function readValue(depth: number): unknown {
    if (depth > deepest) fail();
    if (takes('[')) return readList(']', depth);
    if (takes('(')) return readList(')', depth);
    if (takes('{')) {
      const entries: [string, unknown][] = [];
      while (!takes('}')) {
        const key = readValue(depth + 1);
        if (!takes(':')) fail();
        entries.push([String(key), readValue(depth + 1)]);
        if (!takes(',')) {
          if (!takes('}')) fail();
          break;
        }
      }
      return Object.fromEntries(entries);
    }
    if (text[at] === "'" || text[at] === '"') return readText();
    const word = /^[-+\w.]+/.exec(text.slice(at, at + 400))?.[0] ?? fail();
    at += word.length;
    if (Object.hasOwn(words, word)) return words[word];
    const number = Number(word);
    return Number.isNaN(number) ? fail() : number;
  }

  const value = readValue(0);
  blank();
  return at === text.length ? value : fail();
}
