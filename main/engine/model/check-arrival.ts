/** Errors that say what arrives at a layer and what was wanted, before tfjs' own, which do not. */
import { EpochbookError } from '#contract/errors.ts';
import type { tfl } from '../tfjs.ts';
import type { Config } from './layer-config.ts';
import { layerTypes, wantedRank } from './layer-types.ts';
import { shapeText } from './names.ts';

/** Of one sample; null where it may vary. */
export type Arriving = readonly (number | null)[];

/** tfjs makes null of −1, for a length that follows from the others. */
const isOpen = (length: number | null) => length === null || length < 0;

function sizesOf(target: Arriving, arrives: Arriving): { total: number; fixed: number; open: number } {
  const product = (lengths: Arriving) => lengths.reduce<number>((all, length) => all * (length ?? 1), 1);
  return { total: product(arrives), fixed: product(target.filter((length) => !isOpen(length))), open: target.filter(isOpen).length };
}

/** tfjs leaves an open length of a reshape unknown, which the layers after it cannot take. */
export function fillTarget(layer: tfl.layers.Layer, arrives: Arriving): void {
  const own = layer as unknown as { targetShape: (number | null)[] };
  const { total, fixed } = sizesOf(own.targetShape, arrives);
  own.targetShape = own.targetShape.map((length) => (isOpen(length) ? total / fixed : length));
}

/** `at` points to the layer. */
export function checkArrival(className: string, config: Config, arrives: Arriving, at: string): void {
  const layer = config.name as string;
  const { wanted } = layerTypes[className];
  const rank = wantedRank[wanted];
  if (rank !== null && arrives.length !== rank) {
    throw new EpochbookError('engine.layerRank', { layer, className, wanted, arrives: shapeText(arrives) }, { at });
  }
  if (className === 'Reshape') {
    const target = config.targetShape as (number | null)[];
    const { total, fixed, open } = sizesOf(target, arrives);
    const fits = open === 0 ? fixed === total : open === 1 && total % fixed === 0;
    if (!fits) {
      const values = { layer, arrives: shapeText(arrives), total, target: shapeText(target) };
      throw new EpochbookError('engine.layerReshape', values, { at });
    }
  }
  const pools = className.includes('Pooling') && !/^(?:Global|Adaptive)/.test(className);
  const window = (config.kernelSize ?? config.poolSize ?? (pools ? 2 : undefined)) as number | number[] | undefined;
  const padded = config.padding === 'same' || config.padding === 'causal';
  if (window === undefined || padded || className.includes('Transpose') || rank === null) return;
  const sample = className.startsWith('ConvLSTM') ? arrives.slice(1) : arrives;
  const spatial = config.dataFormat === 'channelsFirst' ? sample.slice(1) : sample.slice(0, -1);
  const sides = Array.isArray(window) ? window : spatial.map(() => window);
  const dilation = config.dilationRate as number | number[] | undefined;
  const reach = sides.map((side, axis) => (side - 1) * (Array.isArray(dilation) ? dilation[axis] : (dilation ?? 1)) + 1);
  if (!spatial.some((length, axis) => length !== null && reach[axis] !== undefined && length < reach[axis])) return;
  const values = { layer, className, window: shapeText(reach), arrives: shapeText(spatial) };
  throw new EpochbookError('engine.layerWindow', values, { at });
}
