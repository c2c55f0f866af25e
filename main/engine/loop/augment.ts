/**
 * Changes training samples at random. What happens to a sample is a function of the seed, the epoch and the sample's
 * own row alone: not of the batch it is in, nor of what was drawn before, so that a run that goes on draws the same.
 */
import type { Augmentation, Dataset, Part } from '#contract/samples.ts';
import type { InputReader } from './inputs.ts';
import { beta, randomStream, type RandomStream } from './random.ts';

/** What a sample was mixed with: the loss counts its target by `share`, the other's by the rest. */
export interface Mixed {
  /** Index in the part. */
  readonly other: number;
  readonly share: number;
}

/** Writes the changed sample of this index to `into` from `offset` on; tells what it was mixed with, where it was. */
export type Augmenter = (part: Part, index: number, epoch: number, into: Float32Array, offset: number) => Mixed | undefined;

/** Between −1 and 1. */
const spread = (stream: RandomStream) => 2 * stream.uniform() - 1;

/** Moves a picture: for every new pixel, where in the old one it comes from. Beyond the edge, the edge goes on. */
function move(
  from: Float32Array,
  [height, width, channels]: readonly number[],
  draw: { flipX: boolean; flipY: boolean; shiftX: number; shiftY: number; angle: number; zoom: number; cropX: number; cropY: number },
  into: Float32Array,
  offset: number,
): void {
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const cosine = Math.cos(draw.angle) * draw.zoom;
  const sine = Math.sin(draw.angle) * draw.zoom;
  const exact = draw.angle === 0 && draw.zoom === 1;
  let filled = offset;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (draw.flipX ? width - 1 - column : column) - draw.shiftX - middleX;
      const y = (draw.flipY ? height - 1 - row : row) - draw.shiftY - middleY;
      const oldX = exact ? x + middleX : cosine * x - sine * y + middleX + draw.cropX;
      const oldY = exact ? y + middleY : sine * x + cosine * y + middleY + draw.cropY;
      const clampedX = oldX < 0 ? 0 : oldX > width - 1 ? width - 1 : oldX;
      const clampedY = oldY < 0 ? 0 : oldY > height - 1 ? height - 1 : oldY;
      const left = Math.floor(clampedX);
      const top = Math.floor(clampedY);
      const shareX = clampedX - left;
      const shareY = clampedY - top;
      const here = (top * width + left) * channels;
      if (shareX === 0 && shareY === 0) {
        for (let channel = 0; channel < channels; channel++) into[filled++] = from[here + channel];
        continue;
      }
      const right = left + 1 < width ? channels : 0;
      const down = top + 1 < height ? width * channels : 0;
      for (let channel = 0; channel < channels; channel++) {
        const place = here + channel;
        const above = from[place] * (1 - shareX) + from[place + right] * shareX;
        const below = from[place + down] * (1 - shareX) + from[place + down + right] * shareX;
        into[filled++] = above * (1 - shareY) + below * shareY;
      }
    }
  }
}

/** `seed`: the training's, where the augmentation has none of its own. */
export function makeAugmenter(
  augmentation: Augmentation,
  { inputShape }: Pick<Dataset, 'inputShape'>,
  inputs: InputReader,
  trainSeed: number,
): Augmenter {
  const { flip, shift = 0, rotate = 0, crop = 1, noise = 0, cutout = 0, mixup, seed = trainSeed } = augmentation;
  const size = inputShape.reduce((product, one) => product * one, 1);
  const [height, width, channels] = inputShape;
  const moves = flip !== undefined || shift > 0 || rotate > 0 || crop < 1;
  const blank = Math.round(cutout * Math.min(height, width ?? 0));
  const still = new Float32Array(size);
  const mixing = new Float32Array(mixup === undefined ? 0 : size);

  /** All but the mixing. Draws come in a fixed order, so that one setting does not change what another draws. */
  function change(part: Part, index: number, epoch: number, into: Float32Array, offset: number): void {
    const stream = (what: string) => randomStream(seed, 'augment', what, epoch, part.rows[index]);
    if (moves) {
      const draws = stream('move');
      const [horizontal, vertical, x, y, turn, kept, cropX, cropY] = [
        draws.uniform() < 0.5,
        draws.uniform() < 0.5,
        spread(draws),
        spread(draws),
        spread(draws),
        draws.uniform(),
        spread(draws),
        spread(draws),
      ];
      const zoom = 1 - kept * (1 - crop);
      const draw = {
        flipX: flip !== undefined && flip !== 'vertical' && horizontal,
        flipY: flip !== undefined && flip !== 'horizontal' && vertical,
        // Whole pixels stay sharp.
        shiftX: Math.round(x * shift * width),
        shiftY: Math.round(y * shift * height),
        angle: (turn * rotate * Math.PI) / 180,
        zoom,
        cropX: (cropX * (1 - zoom) * (width - 1)) / 2,
        cropY: (cropY * (1 - zoom) * (height - 1)) / 2,
      };
      inputs.copy(index, still, 0);
      move(still, inputShape, draw, into, offset);
    } else inputs.copy(index, into, offset);
    if (blank > 0) {
      const draws = stream('cutout');
      const top = Math.floor(draws.uniform() * height) - (blank >> 1);
      const left = Math.floor(draws.uniform() * width) - (blank >> 1);
      for (let row = Math.max(0, top); row < Math.min(height, top + blank); row++) {
        const from = offset + (row * width + Math.max(0, left)) * channels;
        const to = offset + (row * width + Math.min(width, left + blank)) * channels;
        if (to > from) into.fill(0, from, to);
      }
    }
    if (noise > 0) {
      const draws = stream('noise');
      for (let place = offset; place < offset + size; place++) into[place] += noise * draws.normal();
    }
  }

  return (part, index, epoch, into, offset) => {
    change(part, index, epoch, into, offset);
    if (mixup === undefined || part.count < 2) return undefined;
    const draws = randomStream(seed, 'augment', 'mixup', epoch, part.rows[index]);
    // The larger share is the sample's own, whose target metrics are told of (Zhang et al. 2018, up to a swap).
    const drawn = beta(mixup, draws);
    const share = Math.fround(Math.max(drawn, 1 - drawn));
    const other = (index + 1 + Math.floor(draws.uniform() * (part.count - 1))) % part.count;
    change(part, other, epoch, mixing, 0);
    for (let place = 0; place < size; place++) into[offset + place] = share * into[offset + place] + (1 - share) * mixing[place];
    return { other, share };
  };
}
