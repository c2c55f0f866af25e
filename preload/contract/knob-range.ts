/** Where a sweep looks for a knob's values unless it is told: for the core and the page. */
import type { Knob } from './spec.ts';
import type { KnobRange } from './sweeps.ts';

/** As the slider has it: bounds that are whole and far enough apart mean whole values. Undefined where the text has no range. */
export function rangeOfKnob({ name, min, max, step, log, choices, value }: Knob): KnobRange | undefined {
  if (choices) return { name, choices: [...choices] };
  if (typeof value === 'boolean') return { name, choices: [false, true] };
  if (min === undefined || max === undefined) return undefined;
  const whole = [min, max, value, step ?? 1].every(Number.isInteger) && max - min > 1;
  return { name, min, max, ...(step !== undefined && { step }), ...(log === true && { log }), ...(whole && { whole }) };
}
