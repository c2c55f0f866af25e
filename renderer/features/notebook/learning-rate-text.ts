/** Writes a learning rate into the text of a train cell. */

/** Comments and strings, which may hold what looks like code. */
const skipped = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The text with comments and strings blanked, so that places stay the same. */
const code = (text: string): string => text.replaceAll(skipped, (piece) => piece.replaceAll(/[^\n]/g, ' '));

/** Where `learningRate: NUMBER` stands, or an optimizer that can be told; undefined where neither does. */
export function withLearningRate(text: string, rate: number): string | undefined {
  const plain = code(text);
  const put = (start: number, length: number, words: string): string => text.slice(0, start) + words + text.slice(start + length);
  const said = /(\blearningRate\s*:\s*)(\d[\d._]*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)(?=\s*[,}\n])/i.exec(plain);
  if (said) return put(said.index + said[1].length, said[2].length, String(rate));
  // Another expression than a number is the person's own.
  if (/\blearningRate\s*:/.test(plain)) return undefined;
  const built = /\boptimizers\.\w+\(\s*(\{\s*)?/.exec(plain);
  if (built) {
    const end = built.index + built[0].length;
    if (built[1] !== undefined) return put(end, 0, `learningRate: ${rate}${/^\s*\}/.test(plain.slice(end)) ? ' ' : ', '}`);
    return /^\s*\)/.test(plain.slice(end)) ? put(end, 0, `{ learningRate: ${rate} }`) : undefined;
  }
  const named = /\boptimizer\s*:\s*(['"])(\w+)\1/.exec(text);
  if (named && /\boptimizer\s*:/.test(plain.slice(named.index, named.index + named[0].length))) {
    return put(named.index, named[0].length, `optimizer: optimizers.${named[2]}({ learningRate: ${rate} })`);
  }
  const train = /\btrain\(\s*\{/.exec(plain);
  if (!train || /\boptimizer\s*:/.test(plain)) return undefined;
  return put(train.index + train[0].length, 0, ` optimizer: optimizers.adam({ learningRate: ${rate} }),`);
}

/** The knob that `learningRate` stands for in the cell: `learningRate: param('rate', …)`; undefined where there is none. */
export function learningRateKnob(text: string): string | undefined {
  const plain = code(text);
  for (const match of text.matchAll(/\b(?:learningRate|maxLearningRate|initialLearningRate)\s*:\s*param\s*\(\s*(['"`])([^'"`\n]+)\1/g)) {
    if (/^\w*[lL]earningRate/.test(plain.slice(match.index))) return match[2];
  }
  return undefined;
}
