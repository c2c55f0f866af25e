/** Makes every layer of ours known to tfjs under its class name. */
import './attention.ts';
import './normalization.ts';
import './positions.ts';
import './transformer.ts';

export { ownLayers } from './define.ts';
