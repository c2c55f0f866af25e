/** `model({ inputs, outputs })`: from tensors that know how they were made to Keras' functional model JSON. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { checkOptions, describe, pointer } from './arguments.ts';
import { adopt, nameLayers, type Node, type Place, type Places } from './build.ts';
import { Built, type Value } from './option.ts';

/** The output of a layer: which layer made it, from which tensors. All numbers are those of nodes. */
export interface Tensor {
  readonly layer: number;
  readonly inputs: readonly number[];
  /** Of a layer with several outputs, all but the first: which one, and the node of the first. */
  readonly further?: { readonly index: number; readonly first: number };
  /** Its layer is applied backwards. */
  readonly reverse?: true;
  readonly object: { class_name: string; config: Record<string, Json> };
}

const backwards: Record<string, Json> = { reverse: true };

interface Use {
  readonly node: number;
  readonly inputs: readonly number[];
  readonly reverse?: true;
}

/**
 * Layers in the order in which they are needed, each with one inbound node for each time it is applied:
 * `inbound_nodes: [[[layer, node index, tensor index, { reverse: true } or {}], …], …]`.
 */
export function buildModel(args: Value[], place: Place, nodes: readonly Node[]): { value: Json; places: Places } {
  const builder = 'model(…)';
  const given = args[0];
  const { inputs, outputs, ...rest } = (typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {}) as Record<
    string,
    Value
  >;
  const { values } = checkOptions(builder, { name: { type: { is: 'text' }, doc: '' } }, rest, ['inputs', 'outputs']);
  const inputNodes = tensors(builder, 'inputs', inputs);
  const outputNodes = tensors(builder, 'outputs', outputs);
  for (const node of inputNodes) {
    if (nodes[node].tensor!.inputs.length > 0 || nodes[node].called !== 'input') {
      throw new EpochbookError('notebook.wrongOption', {
        builder,
        option: 'inputs',
        wanted: 'input(…)',
        found: `${nodes[node].called}(…)`,
      });
    }
  }

  const firstOf = (node: number) => nodes[node].tensor!.further?.first ?? node;
  // Depth first, without recursion: a chain of layers may be long.
  const uses = new Map<number, Use[]>();
  const done = new Set<number>();
  const stack = outputNodes.toReversed().map((node) => ({ node: firstOf(node), entered: false }));
  while (stack.length > 0) {
    const top = stack.pop()!;
    if (done.has(top.node)) continue;
    const tensor = nodes[top.node].tensor!;
    if (!top.entered) {
      if (tensor.inputs.length === 0 && !inputNodes.includes(top.node)) {
        const name = tensor.object.config['name'];
        throw new EpochbookError('notebook.disconnected', { layer: typeof name === 'string' ? name : nodes[outputNodes[0]].called });
      }
      stack.push({ node: top.node, entered: true }, ...tensor.inputs.toReversed().map((node) => ({ node: firstOf(node), entered: false })));
      continue;
    }
    done.add(top.node);
    const of = uses.get(tensor.layer) ?? [];
    of.push({ node: top.node, inputs: tensor.inputs, ...(tensor.reverse && { reverse: true }) });
    uses.set(tensor.layer, of);
  }
  for (const node of inputNodes) if (!done.has(node)) uses.set(nodes[node].tensor!.layer, [{ node, inputs: [] }]);

  const order = [...uses.keys()];
  const objects = order.map((layer) => nodes[uses.get(layer)![0].node].tensor!.object);
  const names = nameLayers(objects);
  const nameOf = new Map(order.map((layer, index) => [layer, names[index]]));
  const reference = (node: number): [string, number, number] => {
    const { layer, further } = nodes[node].tensor!;
    return [nameOf.get(layer)!, uses.get(layer)!.findIndex((use) => use.node === firstOf(node)), further?.index ?? 0];
  };
  const places: [string, Place][] = [['', place]];
  const layers = order.map((layer, index) => {
    const made = uses.get(layer)!;
    adopt(places, pointer('config', 'layers', index), nodes[made[0].node].places);
    return {
      class_name: objects[index].class_name,
      name: names[index],
      config: { ...objects[index].config, name: names[index] },
      inbound_nodes: made
        .filter((use) => use.inputs.length > 0)
        .map(({ inputs: from, reverse }) => from.map((input) => [...reference(input), reverse ? backwards : {}])),
    };
  });
  const config = {
    ...(typeof values['name'] === 'string' ? { name: values['name'] } : { name: 'model' }),
    layers,
    input_layers: inputNodes.map(reference),
    output_layers: outputNodes.map(reference),
  };
  return { value: { class_name: 'Functional', config }, places };
}

function tensors(builder: string, option: string, value: Value | undefined): number[] {
  if (value === undefined) throw new EpochbookError('notebook.missingOption', { builder, option });
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    if (item instanceof Built && item.family === 'tensor') return item.node;
    throw new EpochbookError('notebook.wrongOption', {
      builder,
      option,
      wanted: 'input(…) | layers.NAME(…).apply(…)',
      found: describe(item),
    });
  });
}
