/** Keras' EinsumDense: a product of the input with weights along whatever axes the equation says. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { tf } from '../../tfjs.ts';
import { activationOf, type Config, defineLayer, type Lengths } from './define.ts';

/** A letter for each axis. */
interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '');

/** An ellipsis stands for as many axes as the input has more than letters. */
function parse(config: Config, rank: number): Equation {
  const equation = textOf(config.equation).replaceAll(/\s/g, '');
  const wrong = () => new EpochbookError('engine.equation', { equation });
  const found = /^([a-zA-Z]+|\.{3}[a-zA-Z]+|[a-zA-Z]+\.{3}),([a-zA-Z]+)->([a-zA-Z.]+)$/.exec(equation);
  if (!found) throw wrong();
  const [input, kernel, output] = found.slice(1);
  const more = Math.max(0, rank - input.replace('...', '').length);
  const unused = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(65 + index)).filter((letter) => !equation.includes(letter));
  const letters = (part: string) => part.replace('...', unused.slice(0, more).join('')).split('');
  const parsed = { input: letters(input), kernel: letters(kernel), output: letters(output) };
  const known = parsed.output.every((letter) => parsed.input.includes(letter) || parsed.kernel.includes(letter));
  const once = Object.values(parsed).every((part) => new Set(part).size === part.length);
  if (parsed.input.length !== rank || !known || !once || parsed.output[0] !== parsed.input[0]) throw wrong();
  return parsed;
}

/** Of the output, without the batch; null in `outputShape` is the input's. */
function lengthsOf(config: Config, shape: Lengths): { equation: Equation; lengths: Map<string, number | null> } {
  const equation = parse(config, shape.length + 1);
  const lengths = new Map<string, number | null>(equation.input.map((letter, axis) => [letter, axis === 0 ? null : shape[axis - 1]]));
  const given = [config.outputShape].flat() as (number | null)[];
  // Keras: the last ones, where an ellipsis stands for the first.
  const wanted = equation.output.slice(-given.length);
  wanted.forEach((letter, index) => {
    if (given[index] !== null && !equation.input.includes(letter)) lengths.set(letter, given[index]);
  });
  const missing = equation.kernel.some((letter) => lengths.get(letter) === undefined);
  if (missing) throw new EpochbookError('engine.equation', { equation: textOf(config.equation) });
  return { equation, lengths };
}

const biasLetters = ({ biasAxes }: Config, { output }: Equation) => output.filter((letter) => textOf(biasAxes).includes(letter));

/** x in the order batch · free · summed, weights in the order batch · summed · free, and their product put in order. */
function product(x: tf.Tensor, kernel: tf.Tensor, { input, kernel: of, output }: Equation): tf.Tensor {
  const both = input.filter((letter) => of.includes(letter));
  const shared = both.filter((letter) => output.includes(letter));
  const summed = both.filter((letter) => !output.includes(letter));
  const kept = input.filter((letter) => !of.includes(letter));
  const made = of.filter((letter) => !input.includes(letter));
  const lengthOf = (letter: string) => (input.includes(letter) ? x.shape[input.indexOf(letter)] : kernel.shape[of.indexOf(letter)]);
  const size = (letters: readonly string[]) => letters.reduce((all, letter) => all * lengthOf(letter), 1);
  const arranged = (from: tf.Tensor, own: readonly string[], groups: readonly (readonly string[])[]) =>
    tf.reshape(
      tf.transpose(
        from,
        groups.flat().map((letter) => own.indexOf(letter)),
      ),
      groups.map(size),
    );
  const multiplied = tf.matMul(arranged(x, input, [shared, kept, summed]), arranged(kernel, of, [shared, summed, made]));
  const letters = [...shared, ...kept, ...made];
  const whole = tf.reshape(multiplied, letters.map(lengthOf));
  return tf.transpose(
    whole,
    output.map((letter) => letters.indexOf(letter)),
  );
}

defineLayer({
  className: 'EinsumDense',
  defaults: { activation: 'linear' },
  weights(config, [shape]) {
    const { equation, lengths } = lengthsOf(config, shape);
    const of = (letters: readonly string[]) => letters.map((letter) => lengths.get(letter)!);
    const biased = biasLetters(config, equation);
    // Ones in between, so that it is added along its axes.
    const first = equation.output.indexOf(biased[0] ?? '');
    const biasShape = equation.output.slice(first).map((letter) => (biased.includes(letter) ? lengths.get(letter)! : 1));
    return [
      { name: 'kernel', shape: of(equation.kernel), options: 'kernel', initializer: 'glorotUniform' },
      ...(biased.length > 0 ? [{ name: 'bias', shape: biasShape, options: 'bias', initializer: 'zeros' }] : []),
    ];
  },
  outputShape(config, [shape]) {
    const { equation, lengths } = lengthsOf(config, shape);
    return equation.output.slice(1).map((letter) => lengths.get(letter) ?? null);
  },
  call([x], { config, weights }) {
    const multiplied = product(x, weights['kernel'], parse(config, x.shape.length));
    const shifted = weights['bias'] ? tf.add(multiplied, weights['bias']) : multiplied;
    return activationOf(config.activation).apply(shifted);
  },
  mask: 'keep',
});
