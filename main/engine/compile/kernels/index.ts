/** Every tfjs kernel the compiler knows. */
import { constants } from './constants.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { gather } from './gather.ts';
import type { Kernels } from './kernel.ts';
import { matrix } from './matrix.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { reduce } from './reduce.ts';
import { shape } from './shape.ts';
import { tiledConvolution } from './tiled-convolution.ts';

export const kernels: Kernels = {
  ...elementwise,
  ...constants,
  ...reduce,
  ...shape,
  ...gather,
  ...matrix,
  ...convolution,
  ...pooling,
  ...normalization,
  ...tiledConvolution,
};
