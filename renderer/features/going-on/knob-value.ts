import type { KnobValue } from '#contract/spec.ts';

/** What a text says for a knob of this kind; undefined where it says nothing that fits. */
export function knobValueOf(text: string, kind: KnobValue): KnobValue | undefined {
  const given = text.trim();
  if (typeof kind === 'string') return text;
  if (typeof kind === 'boolean') return given === 'true' ? true : given === 'false' ? false : undefined;
  const value = Number(given.replace('−', '-'));
  return given !== '' && Number.isFinite(value) ? value : undefined;
}
