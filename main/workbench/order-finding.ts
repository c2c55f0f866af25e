/** What a model that carries its state over samples asks of their order, and a split that draws them does not keep. */
import type { Finding } from '#contract/notebook.ts';
import type { DataSpec, Json, ModelSpec } from '#contract/spec.ts';
import { message } from '#contract/words/message.ts';

interface LayerLike {
  readonly class_name?: string;
  readonly config?: { readonly [option: string]: Json };
}

/** What is told to be stateful: the layer's name, or what it is. */
function statefulLayer(model: ModelSpec): string | undefined {
  const inside = ({ class_name: className, config = {} }: LayerLike): string | undefined => {
    const name = typeof config['name'] === 'string' ? config['name'] : className;
    if (config['stateful'] === true) return name;
    const parts = [config['layers'], config['layer'], config['cell']].flat().filter((part) => typeof part === 'object' && part !== null);
    for (const part of parts as unknown as LayerLike[]) {
      const found = inside(part);
      if (found !== undefined) return Array.isArray(config['layers']) ? found : name;
    }
    return undefined;
  };
  return inside(model);
}

/** The step that draws rows one by one, so that what stood next to each other no longer does. */
function drawingStep({ steps }: DataSpec): 'split' | 'kFold' | undefined {
  // Of windows, a split goes by time.
  if (steps.some(({ op }) => op === 'window')) return undefined;
  const step = steps.find(({ op }) => op === 'split' || op === 'kFold');
  if (step?.op === 'split') return (step.time ?? step.column ?? step.group) ? undefined : 'split';
  return step?.op === 'kFold' && step.group === undefined ? 'kFold' : undefined;
}

/** Null where the order is kept, or does not matter. */
export function orderFinding(model: ModelSpec, data: DataSpec): Finding | null {
  const layer = statefulLayer(model);
  const step = drawingStep(data);
  if (layer === undefined || step === undefined) return null;
  const values = { layer, step };
  return { code: 'data.drawnOutOfOrder', message: message('en', 'data.drawnOutOfOrder', values), values, evidence: `.${step}(…)` };
}
