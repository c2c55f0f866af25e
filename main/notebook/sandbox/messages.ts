/** What the core and the sandbox's thread say to each other. */
import type { PlainError } from '#contract/errors.ts';
import type { CellKind } from '#contract/notebook.ts';
import type { Json, Knob, KnobValue } from '#contract/spec.ts';
import type { Family, Place, Places } from '../language/build.ts';

export interface Limits {
  /** Of one cell. */
  readonly cellMs: number;
  /** Of all cells together: many, or a machine that does much else, are no endless loop. */
  readonly totalMs: number;
  /** Of the sandbox's heap. */
  readonly memoryBytes: number;
}

export interface CellInput {
  readonly id: string;
  readonly kind: CellKind;
  readonly source: string;
}

export interface Request {
  readonly cells: readonly CellInput[];
  readonly knobs: Readonly<Record<string, KnobValue>>;
  readonly limits: Limits;
}

/** Something built, ready to go into a spec. */
export interface BuiltValue {
  readonly family: Family;
  readonly value: Json;
  readonly places: Places;
}

export interface CellResult {
  readonly index: number;
  readonly value?: BuiltValue;
  /** Of a train cell: the data and the model it names. */
  readonly data?: BuiltValue;
  readonly model?: BuiltValue;
  /** A plain value, printed. */
  readonly text?: string;
  /** What the value is, for a message. */
  readonly found: string;
  readonly error?: PlainError;
  readonly place?: Partial<Place>;
  /** The sandbox cannot go on: what follows is not evaluated. */
  readonly fatal?: true;
}

export type Message =
  | { type: 'ready' }
  /** QuickJS could not be loaded. */
  | { type: 'unavailable'; detail: string }
  | { type: 'started'; index: number }
  | { type: 'ended'; result: CellResult; knobs: Knob[] }
  | { type: 'done' }
  | { type: 'crashed'; detail: string };
