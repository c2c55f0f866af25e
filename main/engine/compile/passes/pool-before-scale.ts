/**
 * Batch normalization between a convolution and a max-pooling: maxPool(a · f + s) = maxPool(a · sign(f)) · |f| + s, a the
 * convolution's result less its mean. The signs, which are gamma's, go into the filter, and scaling, shifting and the sums
 * of the gradient run on the pooled image, a quarter of the size or less. Where the maximum is taken, both gradients agree;
 * for a gamma of 0, where all of a window ties, theirs is another of the valid ones.
 */
import { makeNode, type Node, type Program, rewrite, usersOf } from '../graph.ts';

interface Match {
  readonly convolution: Node;
  readonly mean: Node;
  readonly centred: Node;
  readonly squares: readonly Node[];
  readonly factor: Node;
  readonly gamma: Node;
  readonly shift: Node;
  /** What is pooled: `product` and `shift`. */
  readonly product: Node;
  readonly normalized: Node;
  readonly pool: Node;
  readonly gradient: Node;
  /** The gradient's sum, and that of `along`, which is gradient · centred. */
  readonly sum: Node;
  readonly along: Node;
  readonly alongSum: Node;
  /** The convolution's gradient: `scaled` + `sloped` + `level`, of which the first is gradient · factor, the second centred's part. */
  readonly scaled: Node;
  readonly sloped: Node;
  readonly level: Node;
  readonly result: Node;
  readonly uses: readonly Node[];
}

const elementwise = (op: string, a: Node, b: Node): Node => makeNode(op, [a, b], a, { keys: ['a', 'b'] });
const number = (value: number): Node => makeNode('constant', [], { shape: [], dtype: 'float32' }, { values: Float32Array.of(value) });

/** −1 or 1. */
function signsOf(gamma: Node): Node {
  const positive = makeNode('Step', [gamma], gamma, { keys: ['x'] });
  return elementwise('Sub', elementwise('Multiply', positive, number(2)), number(1));
}

const isLinear = ({ op, attributes }: Node) =>
  op === 'Conv2D' || (op === 'FusedConv2D' && (attributes.activation === undefined || attributes.activation === 'linear'));
const otherOf = ({ inputs }: Node, one: Node): Node => inputs[inputs[0] === one ? 1 : 0];
const isOverRows = ({ op, attributes, inputs: [x] }: Node) =>
  (op === 'Sum' || op === 'Mean') && attributes.keepDims !== true && String(attributes.axis) === '0,1,2' && x.shape.length === 4;

function matches(program: Program): Match[] {
  const users = usersOf(program);
  const outputs = new Set(program.outputs.values());
  const onlyUser = (node: Node): Node | null => (users.get(node)?.length === 1 && !outputs.has(node) ? users.get(node)![0] : null);
  const matchOf = (gradient: Node): Match | null => {
    const [, normalized, pool] = gradient.inputs as [Node, Node, Node];
    if (pool.op !== 'MaxPool' || pool.inputs[0] !== normalized || normalized.op !== 'Add') return null;
    const [product, shift] = normalized.inputs as [Node, Node];
    if (product.op !== 'Multiply') return null;
    const [centred, factor] = product.inputs as [Node, Node];
    if (centred.op !== 'Sub' || factor.op !== 'Multiply' || factor.inputs[0].op !== 'Rsqrt') return null;
    const gamma = factor.inputs[1];
    const [convolution, mean] = centred.inputs as [Node, Node];
    const isVector = ({ shape }: Node) => shape.length === 1 && shape[0] === normalized.shape[3];
    if (!isLinear(convolution) || mean.op !== 'Mean' || !isOverRows(mean) || mean.inputs[0] !== convolution) return null;
    if (gamma.inputs.length > 0 || ![gamma, factor, shift].every(isVector)) return null;

    const ofGradient = users.get(gradient)!;
    const timesGradient = (other: Node) => ofGradient.find((user) => user.op === 'Multiply' && otherOf(user, gradient) === other);
    const [scaled, along] = [timesGradient(factor), timesGradient(centred)];
    const sum = ofGradient.find((user) => user.op === 'Sum' && isOverRows(user));
    if (!scaled || !along || !sum || ofGradient.length !== 3 || outputs.has(gradient)) return null;
    const alongSum = onlyUser(along);
    const both = onlyUser(scaled);
    if (alongSum?.op !== 'Sum' || !isOverRows(alongSum) || both?.op !== 'Add') return null;
    const sloped = otherOf(both, scaled);
    const result = onlyUser(both);
    if (sloped.op !== 'Multiply' || !sloped.inputs.includes(centred) || !isVector(otherOf(sloped, centred)) || onlyUser(sloped) !== both)
      return null;
    if (result?.op !== 'Add' || outputs.has(result)) return null;
    const level = otherOf(result, both);
    const uses = users.get(result) ?? [];
    const isKnown = (use: Node) =>
      (use.op === 'Conv2DBackpropFilter' && use.inputs[0] !== result) ||
      (use.op === 'Conv2DBackpropInput' && use.inputs[1] === convolution.inputs[1]) ||
      (use.op === 'Sum' && isOverRows(use));
    if (!isVector(level) || !uses.every(isKnown)) return null;
    const squares = users.get(centred)!.filter(({ op }) => op === 'Square');
    const forward = { convolution, mean, centred, squares, factor, gamma, shift, product, normalized, pool };
    return { ...forward, gradient, sum, along, alongSum, scaled, sloped, level, result, uses };
  };
  return [...users.keys()].flatMap((node) => (node.op === 'MaxPoolGrad' ? (matchOf(node) ?? []) : []));
}

/** A convolution's mean over batch and places: convolution is linear, so that it is had from the mean image. */
function meanOf(convolution: Node): Node {
  const [x, ...weights] = convolution.inputs as [Node, ...Node[]];
  const one = (shape: readonly number[]) => ({ shape: [1, ...shape.slice(1)], dtype: 'float32' as const });
  const image = makeNode('Mean', [x], one(x.shape), { keys: ['x'], attributes: { axis: [0], keepDims: true } });
  const convolved = { ...convolution, ...one(convolution.shape), inputs: [image, ...weights] };
  const channels = { shape: convolution.shape.slice(-1), dtype: 'float32' as const };
  return makeNode('Mean', [convolved], channels, { keys: ['x'], attributes: { axis: [0, 1, 2], keepDims: false } });
}

/** A convolution less a number a channel: its bias. */
function less(convolution: Node, mean: Node): Node {
  const [x, filter, bias] = convolution.inputs as [Node, Node, Node | undefined];
  const shift = bias ? elementwise('Sub', bias, mean) : makeNode('Neg', [mean], mean, { keys: ['x'] });
  return { ...convolution, op: 'FusedConv2D', keys: ['x', 'filter', 'bias'], inputs: [x, filter, shift] };
}

/** Makes a match's node anew from itself with its inputs changed: for whoever else uses it, the same value. */
type Change = (node: Node) => Node;

/** `made` gives what became of nodes that come before. */
function changesOf(match: Match, made: (before: Node) => Node): [before: Node, change: Change][] {
  const signs = signsOf(match.gamma);
  const signed = (node: Node) => elementwise('Multiply', node, signs);
  // As they are with the signs in the filter.
  let convolution: Node, mean: Node, centred: Node, factor: Node, pool: Node, dy: Node, gradient: Node;
  return [
    [
      match.convolution,
      (node) => {
        const [x, ...weights] = node.inputs as [Node, ...Node[]];
        convolution = { ...node, inputs: [x, ...weights.map(signed)] };
        return signed(convolution);
      },
    ],
    [match.mean, () => signed((mean = meanOf(convolution)))],
    [match.centred, () => signed((centred = less(convolution, mean)))],
    ...match.squares.map((square): [Node, Change] => [square, (node) => ({ ...node, inputs: [centred] })]),
    [
      match.product,
      (node) => {
        factor = signed(made(match.factor));
        return { ...node, inputs: [centred, factor] };
      },
    ],
    [
      match.pool,
      (node) => {
        pool = { ...node, inputs: [centred] };
        return elementwise('Add', elementwise('Multiply', pool, factor), made(match.shift));
      },
    ],
    [
      match.gradient,
      (node) => {
        dy = node.inputs[0];
        gradient = { ...node, inputs: [elementwise('Multiply', dy, factor), centred, pool] };
        return gradient;
      },
    ],
    [match.sum, (node) => ({ ...node, inputs: [dy] })],
    [match.along, () => elementwise('Multiply', dy, pool)],
    [match.alongSum, signed],
    [
      match.result,
      () => {
        const sloped = elementwise('Multiply', centred, made(otherOf(match.sloped, match.centred)));
        return elementwise('Add', gradient, elementwise('Add', sloped, signed(made(match.level))));
      },
    ],
    ...match.uses.map((use): [Node, Change] => [
      use,
      (node) => (use.op === 'Conv2DBackpropInput' ? { ...node, inputs: [node.inputs[0], signed(node.inputs[1])] } : signed(node)),
    ]),
  ];
}

export function poolBeforeScale(program: Program): Program {
  const made = new Map<Node, Node>();
  const changes = new Map(matches(program).flatMap((match) => changesOf(match, (before) => made.get(before)!)));
  if (changes.size === 0) return program;
  return rewrite(program, (node, before) => {
    const result = changes.get(before)?.(node) ?? node;
    made.set(before, result);
    return result;
  });
}
