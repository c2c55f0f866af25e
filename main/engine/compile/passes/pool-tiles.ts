/**
 * A convolution of few channels whose result only goes into windows of 2 × 2 that tile it: each of a window's four places
 * is computed as an image of its own, by one product for all four, so that pooling is a maximum of images, its gradient
 * goes to one of them, and nothing is taken apart or put together place by place. Only where the convolution's input needs
 * no gradient: a network's first layer.
 */
import { makeNode, type Node, type Program, rewrite, usersOf } from '../graph.ts';
import { isTileable, tiledGeometry } from '../kernels/tiled-convolution.ts';

interface Match {
  readonly convolution: Node;
  readonly pool: Node;
  readonly gradient: Node;
}

/** The filter's gradient, or the bias'. */
function isParameterGradient({ op, inputs, attributes }: Node, gradient: Node): boolean {
  if (op === 'Conv2DBackpropFilter') return inputs[1] === gradient;
  return op === 'Sum' && !attributes.keepDims && String(attributes.axis) === '0,1,2';
}

function matches(program: Program): Match[] {
  const users = usersOf(program);
  const outputs = new Set(program.outputs.values());
  const found: Match[] = [];
  for (const gradient of users.keys()) {
    if (gradient.op !== 'MaxPoolGrad' || outputs.has(gradient)) continue;
    const [, convolution, pool] = gradient.inputs as [Node, Node, Node];
    const isConvolution = convolution.op === 'Conv2D' || convolution.op === 'FusedConv2D';
    if (!isConvolution || pool.op !== 'MaxPool' || pool.inputs[0] !== convolution || outputs.has(convolution)) continue;
    if (users.get(convolution)!.some((user) => user !== pool && user !== gradient)) continue;
    if (!users.get(gradient)!.every((user) => isParameterGradient(user, gradient))) continue;
    if (isTileable(convolution, pool)) found.push({ convolution, pool, gradient });
  }
  return found;
}

interface Tiles {
  /** Per place of a window, in row-major order. */
  readonly places: readonly Node[];
  /** The greatest of them, before a bias is added. */
  readonly greatest: Node;
}

const pair = { keys: ['a', 'b'] };

export function poolTiles(program: Program): Program {
  const found = matches(program);
  const byPool = new Map(found.map((match) => [match.pool, match]));
  const byGradient = new Map(found.map((match) => [match.gradient, match]));
  const tiles = new Map<Match, Tiles>();
  return rewrite(program, (node, before) => {
    const pooled = byPool.get(before);
    if (pooled) {
      const [x, filter, bias] = node.inputs[0].inputs as [Node, Node, Node | undefined];
      const type = { shape: node.shape, dtype: node.dtype };
      const attributes = tiledGeometry(pooled.convolution);
      const outputs = Array.from({ length: 4 }, () => type);
      const tiled = makeNode('TiledConv2D', [x, filter], type, {
        keys: ['x', 'filter'],
        attributes,
        outputs,
      });
      const places = outputs.map((_, index) => makeNode('output', [tiled], type, { attributes: { index } }));
      const greatest = places.reduce((most, place) => makeNode('Maximum', [most, place], type, pair));
      tiles.set(pooled, { places, greatest });
      return bias ? makeNode('Add', [greatest, bias], type, pair) : greatest;
    }
    const index = before.inputs.findIndex((input) => byGradient.has(input));
    const match = byGradient.get(before.inputs[index]);
    if (!match) return node;
    const dy = node.inputs[index].inputs[0];
    // Each window's gradient arrives at one place, so that their sum is the same.
    if (node.op === 'Sum') return { ...node, inputs: [dy] };
    const { places, greatest } = tiles.get(match)!;
    return makeNode('TiledConv2DBackpropFilter', [node.inputs[0], dy, greatest, ...places], node, {
      keys: ['x', 'dy', 'greatest', 'place0', 'place1', 'place2', 'place3'],
      attributes: tiledGeometry(match.convolution),
    });
  });
}
