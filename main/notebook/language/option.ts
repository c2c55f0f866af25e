/**
 * How the language's tables say what an option takes. A type serves twice: as the check of a value that a cell
 * passes, and as the TypeScript that the editor shows.
 */
import type { Json } from '#contract/spec.ts';
import { nearest } from '#contract/nearest.ts';

export type Family = 'initializer' | 'regularizer' | 'constraint' | 'schedule' | 'optimizer' | 'loss' | 'metric' | 'callback';

export type OptionType =
  | { is: 'number'; min?: number; max?: number; /** Exclusive bounds. */ above?: number; below?: number }
  | { is: 'integer'; min?: number; max?: number }
  | { is: 'boolean' }
  | { is: 'null' }
  | { is: 'text' }
  /** One of these texts. */
  | { is: 'name'; of: readonly string[]; typeName?: string }
  /** A whole number, or a list of `rank` of them. */
  | { is: 'size'; rank: number }
  /** Whole numbers above 0; null where a dimension may vary. */
  | { is: 'shape' }
  /** Two whole numbers above 0: height and width. */
  | { is: 'pair' }
  /** One of these numbers. */
  | { is: 'choice'; of: readonly number[] }
  | { is: 'list'; of: OptionType; min?: number }
  /** Values under names of the user's own. */
  | { is: 'map'; of: OptionType }
  /** A built object of the family, or one of the names (tfjs' own) for it. */
  | { is: 'built'; family: Family; names: readonly string[] }
  | { is: 'layer' }
  | { is: 'data' }
  /** An object with these options. */
  | { is: 'options'; of: Options }
  | { is: 'either'; of: readonly OptionType[] };

export interface Option {
  readonly type: OptionType;
  /** One sentence for the editor. */
  readonly doc: string;
  readonly required?: true;
  /** What is used where it is left out. */
  readonly default?: Json;
}

export type Options = Readonly<Record<string, Option>>;

/** What a builder made, as an argument of another. */
export class Built {
  readonly family: Family | 'layer' | 'model' | 'data' | 'tensor' | 'train';
  readonly value: Json;
  /** Its number among all that was made in this evaluation. */
  readonly node: number;
  constructor(family: Built['family'], value: Json, node: number) {
    this.family = family;
    this.value = value;
    this.node = node;
  }
}

/** A value from a cell after decoding: JSON, built objects, and what is neither. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value } | Built | Odd;

/** A value that has no place in a spec, by what it is: `function`, `NaN`, … */
export class Odd {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

/** Range of a number, in signs: `0 ≤ number < 1`, `integer ≥ 1`. */
function numberText(type: Extract<OptionType, { is: 'number' | 'integer' }>): string {
  const above = type.is === 'number' ? type.above : undefined;
  const below = type.is === 'number' ? type.below : undefined;
  const low = type.min === undefined ? (above === undefined ? undefined : ([above, '<', '>'] as const)) : ([type.min, '≤', '≥'] as const);
  const high = type.max === undefined ? (below === undefined ? undefined : `< ${below}`) : `≤ ${type.max}`;
  if (low && high) return `${low[0]} ${low[1]} ${type.is} ${high}`;
  if (low) return `${type.is} ${low[2]} ${low[0]}`;
  return high ? `${type.is} ${high}` : type.is;
}

/** What a type takes, for messages: in the language's own signs, so that it reads the same in every tongue. */
export function wanted(type: OptionType): string {
  switch (type.is) {
    case 'number':
    case 'integer':
      return numberText(type);
    case 'boolean':
      return 'true | false';
    case 'null':
      return 'null';
    case 'text':
      return 'string';
    case 'name': {
      const names = type.of.slice(0, 8).map((name) => `'${name}'`);
      return [...names, ...(type.of.length > 8 ? ['…'] : [])].join(' | ');
    }
    case 'size':
      return `integer ≥ 1 | [${Array.from({ length: type.rank }, () => 'integer').join(', ')}]`;
    case 'pair':
      return '[integer, integer]';
    case 'choice':
      return type.of.join(' | ');
    case 'map':
      return `{ NAME: ${wanted(type.of)}, … }`;
    case 'shape':
      return '[integer, …]';
    case 'list':
      return `[${wanted(type.of)}, …]`;
    case 'built':
      return [
        ...type.names.slice(0, 2).map((name) => `'${name}'`),
        ...(type.names.length > 2 ? ['…'] : []),
        `${plural[type.family]}.NAME(…)`,
      ].join(' | ');
    case 'data':
      return 'data.NAME(…)';
    case 'layer':
      return 'layers.NAME(…)';
    case 'options':
      return `{ ${Object.entries(type.of)
        .map(([name, option]) => `${name}: ${wanted(option.type)}`)
        .join(', ')} }`;
    default:
      return type.of.map(wanted).join(' | ');
  }
}

export const plural: Record<Family, string> = {
  initializer: 'initializers',
  regularizer: 'regularizers',
  constraint: 'constraints',
  schedule: 'schedules',
  optimizer: 'optimizers',
  loss: 'losses',
  metric: 'metrics',
  callback: 'callbacks',
};

const familyText: Record<Built['family'], string> = {
  layer: 'layers.NAME(…)',
  model: 'sequential([…])',
  initializer: 'initializers.NAME(…)',
  regularizer: 'regularizers.NAME(…)',
  constraint: 'constraints.NAME(…)',
  schedule: 'schedules.NAME(…)',
  optimizer: 'optimizers.NAME(…)',
  loss: 'losses.NAME(…)',
  metric: 'metrics.NAME(…)',
  callback: 'callbacks.NAME(…)',
  data: 'data.NAME(…)',
  tensor: 'layers.NAME(…).apply(…)',
  train: 'train(…)',
};

/** What a value is, for messages. */
export function found(value: Value): string {
  if (value instanceof Odd) return value.what;
  if (value === null) return 'null';
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Built) return familyText[value.family];
  if (Array.isArray(value)) {
    const text = `[${value.map(found).join(', ')}]`;
    return text.length > 40 ? `[${value.length} × …]` : text;
  }
  return '{…}';
}

export type Checked = { ok: true; value: Json } | { ok: false; nearest?: string; value: Value; type: OptionType };

const isInteger = (value: Value): value is number => typeof value === 'number' && Number.isSafeInteger(value);

/** Checks a value against a type; gives the JSON for the spec. */
export function check(type: OptionType, value: Value): Checked {
  const bad: Checked = { ok: false, value, type };
  switch (type.is) {
    case 'number':
    case 'integer': {
      if (typeof value !== 'number' || (type.is === 'integer' && !isInteger(value))) return bad;
      if (type.min !== undefined && value < type.min) return bad;
      if (type.max !== undefined && value > type.max) return bad;
      if (type.is === 'number' && ((type.above !== undefined && value <= type.above) || (type.below !== undefined && value >= type.below)))
        return bad;
      return { ok: true, value };
    }
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : bad;
    case 'null':
      return value === null ? { ok: true, value } : bad;
    case 'text':
      // A metric's builder stands for its name: `monitor: metrics.accuracy`.
      if (value instanceof Odd && value.what.startsWith('metrics.')) return { ok: true, value: value.what.slice('metrics.'.length) };
      return typeof value === 'string' ? { ok: true, value } : bad;
    case 'name':
      if (typeof value !== 'string') return bad;
      return type.of.includes(value) ? { ok: true, value } : { ok: false, value, type, nearest: nearest(value, type.of) };
    case 'size': {
      if (isInteger(value)) return value > 0 ? { ok: true, value } : bad;
      const fits = Array.isArray(value) && value.length === type.rank && value.every((item) => isInteger(item) && item > 0);
      return fits ? { ok: true, value: value as number[] } : bad;
    }
    case 'shape': {
      const fits = Array.isArray(value) && value.every((item) => item === null || (isInteger(item) && item > 0));
      return fits ? { ok: true, value: value as (number | null)[] } : bad;
    }
    case 'pair':
      return Array.isArray(value) && value.length === 2 && value.every((item) => isInteger(item) && item > 0)
        ? { ok: true, value: value as number[] }
        : bad;
    case 'choice':
      return typeof value === 'number' && type.of.includes(value) ? { ok: true, value } : bad;
    case 'map': {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Built || value instanceof Odd) return bad;
      const entries: [string, Json][] = [];
      for (const [key, item] of Object.entries(value)) {
        const checked = check(type.of, item);
        if (!checked.ok) return bad;
        entries.push([key, checked.value]);
      }
      return entries.length > 0 ? { ok: true, value: Object.fromEntries(entries) } : bad;
    }
    case 'list': {
      if (!Array.isArray(value) || value.length < (type.min ?? 0)) return bad;
      const items: Json[] = [];
      for (const item of value) {
        const checked = check(type.of, item);
        if (!checked.ok) return checked.nearest === undefined ? bad : checked;
        items.push(checked.value);
      }
      return { ok: true, value: items };
    }
    case 'built':
      if (value instanceof Built) return value.family === type.family ? { ok: true, value: value.value } : bad;
      if (typeof value !== 'string' || type.names.length === 0) return bad;
      return type.names.includes(value) ? { ok: true, value } : { ok: false, value, type, nearest: nearest(value, type.names) };
    case 'data':
      return value instanceof Built && value.family === 'data' ? { ok: true, value: value.value } : bad;
    case 'layer':
      return value instanceof Built && (value.family === 'layer' || value.family === 'model') ? { ok: true, value: value.value } : bad;
    case 'options': {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Built || value instanceof Odd) return bad;
      const entries: [string, Json][] = [];
      for (const [key, item] of Object.entries(value)) {
        const option = Object.hasOwn(type.of, key) ? type.of[key] : undefined;
        const checked = option && check(option.type, item);
        if (!checked?.ok) return bad;
        entries.push([key, checked.value]);
      }
      return { ok: true, value: Object.fromEntries(entries) };
    }
    default: {
      let name: Checked | undefined;
      for (const option of type.of) {
        const checked = check(option, value);
        if (checked.ok) return checked;
        if (checked.nearest !== undefined) name = checked;
      }
      return name ?? bad;
    }
  }
}

/** The type as TypeScript. */
export function typeText(type: OptionType): string {
  switch (type.is) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
    case 'null':
      return type.is;
    case 'text':
      return 'string';
    case 'name':
      return type.typeName ?? type.of.map((name) => `'${name}'`).join(' | ');
    case 'size':
      return `number | [${Array.from({ length: type.rank }, () => 'number').join(', ')}]`;
    case 'shape':
      return '(number | null)[]';
    case 'pair':
      return '[number, number]';
    case 'choice':
      return type.of.join(' | ');
    case 'map':
      return `{ [name: string]: ${typeText(type.of)} }`;
    case 'list': {
      const item = typeText(type.of);
      return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case 'built': {
      const own = type.family[0].toUpperCase() + type.family.slice(1);
      return [...type.names.map((name) => `'${name}'`), own].join(' | ');
    }
    case 'data':
      return 'Data';
    case 'layer':
      return 'Layer';
    case 'options':
      return `{ ${Object.entries(type.of)
        .map(([name, option]) => `${name}?: ${typeText(option.type)}`)
        .join('; ')} }`;
    default:
      return type.of.map(typeText).join(' | ');
  }
}
