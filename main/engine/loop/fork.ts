/** A checkpoint as another run begins with it: same weights and epoch, other settings. */
import type { Json, TrainSpec } from '#contract/spec.ts';
import type { Checkpoint } from './checkpoint.ts';

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const measured = ({ metrics, weightedMetrics }: TrainSpec) => [metrics, weightedMetrics ?? []];
const without = (record: { readonly [key: string]: Json }, ...names: string[]) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/**
 * What stays is what still means the same: the optimizer's slots where it is of the same kind, a learning rate that was
 * lowered where the optimizer is the same throughout, what callbacks remember where they are the same.
 */
export function forkCheckpoint(checkpoint: Checkpoint, before: TrainSpec, after: TrainSpec): Checkpoint {
  const sameKind = before.optimizer.class_name === after.optimizer.class_name;
  const sameOptimizer = isEqual(before.optimizer, after.optimizer);
  const sameCallbacks = isEqual(before.callbacks, after.callbacks);
  const sameBest = sameCallbacks && isEqual(before.loss, after.loss) && isEqual(measured(before), measured(after));
  const state = checkpoint.state as { readonly [key: string]: Json };
  const isSlot = (name: string) => !name.startsWith('earlyStopping/');
  return {
    epoch: checkpoint.epoch,
    weights: checkpoint.weights,
    slots: new Map([...checkpoint.slots].filter(([name]) => (isSlot(name) ? sameKind : sameCallbacks))),
    state: {
      ...without(
        state,
        'stop',
        'row',
        'within',
        'spentMs',
        ...(sameOptimizer && sameCallbacks ? [] : ['learningRate']),
        ...(sameCallbacks ? [] : ['stoppings', 'plateaus']),
        ...(sameBest ? [] : ['best']),
      ),
      seed: after.seed,
      isFork: true,
      ...(!sameKind && { optimizerSince: state['iteration'] ?? 0 }),
    },
  };
}
