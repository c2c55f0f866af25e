/** A run's spec as a flat list of settings, as people name them. */
import type { Json, Spec } from '#contract/spec.ts';
import type { Formats } from '../../words/format.ts';

export interface Setting {
  /** As in `Comparison.settings`, e.g. `train.optimizer.config.learningRate`. */
  readonly path: string;
  readonly value: Json;
}

/** Every leaf of a spec with its path, as `runs.compare` counts them. */
export function flattenSpec(spec: Spec): Setting[] {
  const settings: Setting[] = [];
  const visit = (value: Json, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : Object.entries(value);
      // A list of plain numbers or words is one setting: a shape, a kernel's size, names of classes.
      const plainList = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
      if (!plainList) {
        for (const [key, item] of entries) if (item !== undefined) visit(item, path === '' ? key : `${path}.${key}`);
        return;
      }
    }
    settings.push({ path, value });
  };
  visit(spec, '');
  return settings.filter(({ path }) => path !== 'version');
}

/** `model.config.layers.0.config.filters` as `layers[0].filters`: without the words that are in every path. */
export function shortPath(path: string): string {
  const parts = path.split('.').filter((part) => part !== 'config');
  if (parts.length > 1 && (parts[0] === 'model' || parts[0] === 'train')) parts.shift();
  let text = '';
  for (const part of parts) text += /^\d+$/.test(part) ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

/** The part of the spec a setting belongs to. */
export function sectionOf(path: string): 'data' | 'model' | 'train' | 'other' {
  const first = path.split('.')[0];
  return first === 'data' || first === 'model' || first === 'train' ? first : 'other';
}

/** A setting's value in one line. */
export function settingText(value: Json | undefined, formats: Pick<Formats, 'setting'>): string {
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map((item) => settingText(item, formats)).join(', ');
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0 ? '–' : JSON.stringify(value);
  }
  return formats.setting(value);
}
