/** Formulas over a row's columns: `weight / height ** 2`. No names but the columns', so that nothing else is reached. */
import { nearest } from '#contract/nearest.ts';

/** What is wrong with a formula, and at which character (from 1). */
export class ExpressionError extends Error {
  readonly column: number;
  readonly nearest: string | undefined;
  constructor(what: string, column: number, near?: string) {
    super(what);
    this.column = column;
    this.nearest = near;
  }
}

/** Of a row: the number that each column says, NaN where it has none. */
export type Formula = (numberIn: (column: string) => number) => number;

const truth = (value: boolean) => Number(value);

const functions: Readonly<Record<string, { readonly takes: readonly [number, number]; readonly of: (...values: number[]) => number }>> = {
  abs: { takes: [1, 1], of: Math.abs },
  sqrt: { takes: [1, 1], of: Math.sqrt },
  exp: { takes: [1, 1], of: Math.exp },
  log: { takes: [1, 1], of: Math.log },
  log10: { takes: [1, 1], of: Math.log10 },
  sin: { takes: [1, 1], of: Math.sin },
  cos: { takes: [1, 1], of: Math.cos },
  floor: { takes: [1, 1], of: Math.floor },
  ceil: { takes: [1, 1], of: Math.ceil },
  round: { takes: [1, 1], of: Math.round },
  sign: { takes: [1, 1], of: Math.sign },
  min: { takes: [1, 16], of: Math.min },
  max: { takes: [1, 16], of: Math.max },
  /** `where(condition, then, otherwise)` */
  where: { takes: [3, 3], of: (condition, then, otherwise) => (Number.isNaN(condition) ? NaN : condition !== 0 ? then : otherwise) },
};

/** By how tightly they bind, loosest first. Comparisons give 1 and 0, and NaN where a side is missing. */
const levels: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '||': (a, b) => truth(a !== 0 || b !== 0) },
  { '&&': (a, b) => truth(a !== 0 && b !== 0) },
  {
    '==': (a, b) => truth(a === b),
    '!=': (a, b) => truth(a !== b),
    '<=': (a, b) => truth(a <= b),
    '>=': (a, b) => truth(a >= b),
    '<': (a, b) => truth(a < b),
    '>': (a, b) => truth(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b },
];

interface Token {
  readonly kind: 'number' | 'name' | 'column' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const pattern =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|`(?<column>[^`]+)`|(?<name>[\p{L}_$][\p{L}\p{N}_$]*)|(?<sign>\*\*|\|\||&&|[=!<>]=|[-+*/%<>(),!]))/iuy;

function cut(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw new ExpressionError('sign', from + 1 + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0));
    const [kind, part] = Object.entries(found.groups ?? {}).find(([, value]) => value !== undefined) as [Token['kind'], string];
    tokens.push({ kind, text: part, at: pattern.lastIndex - part.length - Number(kind === 'column') + 1 });
  }
  return [...tokens, { kind: 'end', text: '', at: end + 1 }];
}

/** A formula is not nested deeper. */
const deepest = 100;

/** Throws an `ExpressionError`. `columns`: the names it may use. */
export function parseExpression(text: string, columns: readonly string[]): Formula {
  const tokens = cut(text);
  let next = 0;
  let depth = 0;
  const sign = (wanted: string): boolean => {
    const fits = tokens[next].kind === 'sign' && tokens[next].text === wanted;
    if (fits) next += 1;
    return fits;
  };
  const expect = (wanted: string): void => {
    if (!sign(wanted)) throw new ExpressionError(`expected ${wanted}`, tokens[next].at);
  };

  function level(index: number): Formula {
    if (index === levels.length) return unary();
    let left = level(index + 1);
    for (;;) {
      const { kind, text: found } = tokens[next];
      const apply = kind === 'sign' && Object.hasOwn(levels[index], found) ? levels[index][found] : undefined;
      if (!apply) return left;
      next += 1;
      const [first, second] = [left, level(index + 1)];
      left = (row) => {
        const [a, b] = [first(row), second(row)];
        return Number.isNaN(a) || Number.isNaN(b) ? NaN : apply(a, b);
      };
    }
  }

  function unary(): Formula {
    if (++depth > deepest) throw new ExpressionError('deep', tokens[next].at);
    try {
      if (sign('-')) {
        const inner = unary();
        return (row) => -inner(row);
      }
      if (sign('!')) {
        const inner = unary();
        return (row) => (Number.isNaN(inner(row)) ? NaN : truth(inner(row) === 0));
      }
      const base = primary();
      if (!sign('**')) return base;
      const exponent = unary();
      return (row) => base(row) ** exponent(row);
    } finally {
      depth -= 1;
    }
  }

  function column(name: string, at: number): Formula {
    if (!columns.includes(name)) throw new ExpressionError('column', at, nearest(name, columns));
    return (row) => row(name);
  }

  function primary(): Formula {
    const token = tokens[next];
    next += 1;
    if (token.kind === 'number') {
      const value = Number(token.text);
      return () => value;
    }
    if (token.kind === 'column') return column(token.text, token.at);
    if (token.kind === 'name') {
      if (!sign('(')) return column(token.text, token.at);
      if (!Object.hasOwn(functions, token.text))
        throw new ExpressionError('function', token.at, nearest(token.text, Object.keys(functions)));
      const { takes, of } = functions[token.text];
      const given = [level(0)];
      while (sign(',')) given.push(level(0));
      expect(')');
      if (given.length < takes[0] || given.length > takes[1]) throw new ExpressionError('arguments', token.at);
      return (row) => of(...given.map((one) => one(row)));
    }
    if (token.kind === 'sign' && token.text === '(') {
      if (++depth > deepest) throw new ExpressionError('deep', token.at);
      const inner = level(0);
      depth -= 1;
      expect(')');
      return inner;
    }
    throw new ExpressionError(token.kind === 'end' ? 'end' : 'sign', token.at);
  }

  const formula = level(0);
  if (tokens[next].kind !== 'end') throw new ExpressionError('sign', tokens[next].at);
  return formula;
}
