/** From what the sandbox sends to checked options. */
import { EpochbookError } from '#contract/errors.ts';
import type { Json } from '#contract/spec.ts';
import { nearest } from '#contract/nearest.ts';
import { Built, check, found, Odd, type Options, type Value, wanted } from './option.ts';

interface Made {
  readonly family: Built['family'];
  readonly value: Json;
}

/** Undoes the prelude's `encode`: `{ $node }` is something built, `{ $odd }` what JSON cannot say. */
export function decode(encoded: unknown, nodes: readonly Made[]): Value {
  if (Array.isArray(encoded)) return encoded.map((item) => decode(item, nodes));
  if (typeof encoded !== 'object' || encoded === null) return encoded as Value;
  const { $node: node, $odd: odd } = encoded as { $node?: unknown; $odd?: unknown };
  if (typeof node === 'number') {
    const made = nodes[node];
    return made ? new Built(made.family, made.value, node) : new Odd('undefined');
  }
  if (typeof odd === 'string') return new Odd(odd.slice(0, 80));
  const plain = Object.create(null) as Record<string, Value>;
  for (const [key, item] of Object.entries(encoded)) plain[key] = decode(item, nodes);
  return plain;
}

export const describe = (value: Value | undefined): string => (value === undefined ? 'undefined' : found(value));

/** Options that an error names. */
const optionsShown = 4;

/** A JSON pointer: `/config/layers/2`. */
export function pointer(...parts: (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The options by their names, those that are needed first. */
function optionsText(options: Options): string {
  const names = Object.keys(options).sort((a, b) => Number(options[b].required ?? false) - Number(options[a].required ?? false));
  const shown = names.slice(0, optionsShown).map((name) => `${name}: …`);
  return shown.length === 0 ? '{…}' : `{ ${[...shown, ...(names.length > optionsShown ? ['…'] : [])].join(', ')} }`;
}

/** Checks an options object; `raw` keeps what was built. `more`: names to suggest that are checked elsewhere. */
export function checkOptions(
  builder: string,
  options: Options,
  given: Value | undefined,
  more: readonly string[] = [],
): { values: Record<string, Json>; raw: Record<string, Value> } {
  const values: Record<string, Json> = {};
  if (given !== undefined && !(given instanceof Odd && given.what === 'undefined')) {
    if (typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Built || given instanceof Odd) {
      throw new EpochbookError('notebook.wrongArgument', { builder, wanted: optionsText(options), found: describe(given) });
    }
  }
  const raw = (given instanceof Odd ? {} : (given ?? {})) as Record<string, Value>;
  for (const [name, value] of Object.entries(raw)) {
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) {
      const known = [...Object.keys(options), ...more];
      const near = nearest(name, known);
      if (near !== undefined) throw new EpochbookError('notebook.unknownOption', { builder, option: name, nearest: near });
      throw new EpochbookError('notebook.unknownOptionAll', { builder, option: name, known: known.join(', ') });
    }
    const checked = check(option.type, value);
    if (checked.ok) {
      values[name] = checked.value;
      continue;
    }
    if (checked.nearest !== undefined) {
      throw new EpochbookError('notebook.unknownName', {
        builder,
        option: name,
        found: describe(checked.value),
        nearest: checked.nearest,
      });
    }
    throw new EpochbookError('notebook.wrongOption', { builder, option: name, wanted: wanted(option.type), found: describe(value) });
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.required && values[name] === undefined) throw new EpochbookError('notebook.missingOption', { builder, option: name });
  }
  return { values, raw };
}
