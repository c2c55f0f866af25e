/** Makes every layer of ours known to tfjs under its class name. */
import './attention.ts';
import './augmentations.ts';
import './colour.ts';
import './conv-lstm.ts';
import './convolution.ts';
import './einsum.ts';
import './elastic.ts';
import './equalization.ts';
import './gru.ts';
import './image.ts';
import './lstm.ts';
import './mixing.ts';
import './normalization.ts';
import './perspective.ts';
import './positions.ts';
import './regularization.ts';
import './regularizers.ts';
import './shaping.ts';
import './spectral-normalization.ts';
import './spectrogram.ts';
import './transformer.ts';

export { ownActivations } from './activations.ts';
export { ownLayers, trainingLayers } from './define.ts';
export { reversible } from './reversible.ts';
