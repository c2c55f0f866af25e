/** What is typed in the sweep's dialog, and what it comes to. */
import { rangeOfKnob } from '#contract/knob-range.ts';
import type { Knob, KnobValue } from '#contract/spec.ts';
import type { KnobRange } from '#contract/sweeps.ts';

/** A knob's row. Numbers are text until the sweep is started. */
export interface RangeDraft {
  readonly name: string;
  readonly isSearched: boolean;
  /** Comma-separated; undefined for a range of numbers. */
  readonly choices?: string;
  readonly min: string;
  readonly max: string;
  readonly step: string;
  readonly log: boolean;
  readonly whole: boolean;
}

const text = (value: number | undefined) => (value === undefined ? '' : String(value));

/** Searched from the start where the text gives a range. */
export function draftOf(knob: Knob): RangeDraft {
  const range = rangeOfKnob(knob);
  const isListed = range?.choices !== undefined || typeof knob.value === 'string';
  return {
    name: knob.name,
    isSearched: range !== undefined,
    ...(isListed && { choices: (range?.choices ?? [knob.value]).join(', ') }),
    min: text(range?.min),
    max: text(range?.max),
    step: text(range?.step),
    log: range?.log ?? false,
    whole: range?.whole ?? (typeof knob.value === 'number' && Number.isInteger(knob.value) && Number.isInteger(knob.default)),
  };
}

/** Undefined for what is no number. */
export function numberIn(typed: string): number | undefined {
  const value = Number(typed.trim().replace('−', '-'));
  return typed.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

export type RangeProblem = 'bounds' | 'order' | 'log' | 'step' | 'choices';

export function rangeOf(draft: RangeDraft, knob: Knob): { range: KnobRange } | { problem: RangeProblem } {
  const { name } = draft;
  if (draft.choices !== undefined) {
    const choices = draft.choices
      .split(',')
      .map((choice) => choice.trim())
      .filter((choice) => choice !== '')
      .map((choice) => valueOf(choice, knob));
    return choices.length === 0 || choices.includes(undefined)
      ? { problem: 'choices' }
      : { range: { name, choices: choices as KnobValue[] } };
  }
  const [min, max, step] = [draft.min, draft.max, draft.step].map(numberIn);
  if (min === undefined || max === undefined) return { problem: 'bounds' };
  if (min >= max) return { problem: 'order' };
  if (draft.log && min <= 0) return { problem: 'log' };
  if (draft.step.trim() !== '' && (step === undefined || step <= 0)) return { problem: 'step' };
  return {
    range: { name, min, max, ...(step !== undefined && { step }), log: draft.log, whole: draft.whole },
  };
}

/** As the knob has it; undefined for a number that is none. */
function valueOf(choice: string, { choices, value }: Knob): KnobValue | undefined {
  const known = choices?.find((one) => String(one) === choice);
  if (known !== undefined) return known;
  if (typeof value === 'number') return numberIn(choice);
  if (typeof value === 'boolean') return choice === 'true' ? true : choice === 'false' ? false : undefined;
  return choice;
}
