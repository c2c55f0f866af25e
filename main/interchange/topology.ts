/** Keras' topology JSON, in Python's spelling, as tfjs writes it. */
import type { Json } from '#contract/spec.ts';

export interface TopologyLayer {
  readonly class_name: string;
  readonly config: { [option: string]: Json };
  readonly inbound_nodes?: Json;
}

export interface Topology {
  readonly class_name: string;
  readonly config: { [option: string]: Json };
  readonly [name: string]: Json;
}

/**
 * A chain of layers that tfjs knows as a graph, as the list that the notebook wrote: the graph's input becomes the
 * first layer's input shape, and the connections go.
 */
export function sequentialTopology(graph: Topology): Topology {
  const layers = graph.config['layers'] as unknown as TopologyLayer[];
  const shape = layers.find((layer) => layer.class_name === 'InputLayer')?.config['batch_input_shape'];
  const chain = layers
    .filter((layer) => layer.class_name !== 'InputLayer')
    .map(({ class_name, config }, index) => ({
      class_name,
      config: index === 0 && shape !== undefined ? { ...config, batch_input_shape: shape } : config,
    }));
  return { ...graph, class_name: 'Sequential', config: { name: graph.config['name'], layers: chain } };
}

/** Under Keras' class name, and the notebook's own instead of a running number: the same model gives the same file. */
export function named(graph: Topology, name: Json | undefined): Topology {
  return { ...graph, class_name: 'Functional', config: { ...graph.config, name: typeof name === 'string' ? name : 'model' } };
}
