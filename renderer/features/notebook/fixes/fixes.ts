/** Mends for common slips: what an error says, as a change to the text that is one key or click away. */
import type { PlainError } from '#contract/errors.ts';
import type { ModelTable } from '#contract/notebook.ts';
import { cellsOf, type EditedBlock, type EditedCell, editorText } from '../blocks.ts';

export type Fix = {
  /** Of the cell that is changed, which need not be the one that failed. */
  readonly key: string;
  /** Offsets in the cell's text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
} & (
  | { readonly kind: 'change'; readonly found: string; readonly nearest: string }
  | { readonly kind: 'insert'; readonly what: string; readonly before: string }
);

/** What of a cell's error a mend needs. `modelOf` gives the last known table of a model cell. */
interface Facts {
  readonly cell: EditedCell;
  readonly error: PlainError;
  readonly blocks: readonly EditedBlock[];
  readonly modelOf: (cell: EditedCell) => ModelTable | undefined;
}

/** Strings and comments, in which no name stands; and names. */
const pieces = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[\p{L}_$][\p{L}\p{N}_$]*/gu;

export function fixOf({ cell, error, blocks, modelOf }: Facts): Fix | undefined {
  const { code, values = {}, where } = error;
  const text = editorText(cell);
  const from = where?.cellLine === undefined ? 0 : offsetOf(text, where.cellLine, where.column ?? 1);
  const nearest = String(values['nearest'] ?? '');
  if (code === 'engine.lossFit' && values['problem'] === 'rank') return flattenBeforeEnd(cell, blocks, modelOf);
  if (code === 'engine.layerRank' && values['wanted'] === 'vector') return inserted(cell, from);
  if (code === 'notebook.layerFunction') {
    const name = String(values['name']);
    const at = text.slice(from).search(new RegExp(`\\.${name}(?![\\w$]|\\s*\\()`));
    if (at < 0) return undefined;
    const end = from + at + 1 + name.length;
    return { kind: 'change', key: cell.key, start: end, end, text: '()', found: name, nearest: `${name}()` };
  }
  if (nearest === '' || nearest === 'none') return undefined;
  const isName = code === 'notebook.unknownOption' || code.startsWith('notebook.unknownMethod') || code.startsWith('notebook.notDefined');
  const said = values['option'] ?? values['name'];
  const found = code === 'notebook.unknownName' ? unquoted(values['found']) : (values['monitor'] ?? said);
  if (found === undefined) return undefined;
  const place = placeOf(text, String(found), from, isName) ?? placeOf(text, String(found), 0, isName);
  return place && { kind: 'change', key: cell.key, ...place, text: nearest, found: String(found), nearest };
}

/** Of a name, or of what stands between a string's quotes. */
function placeOf(text: string, wanted: string, from: number, isName: boolean): { start: number; end: number } | undefined {
  for (const match of text.matchAll(pieces)) {
    const [piece] = match;
    if (match.index < from || piece.startsWith('/')) continue;
    const quoted = /^['"`]/.test(piece);
    if (isName ? !quoted && piece === wanted : quoted && piece.slice(1, -1) === wanted) {
      const inset = quoted ? 1 : 0;
      return { start: match.index + inset, end: match.index + piece.length - inset };
    }
  }
  // An option that engine and language know may be written as a name after all.
  return isName ? undefined : placeOf(text, wanted, from, true);
}

/** What may follow the flattening: layers that take a row of values. */
const takesRows =
  /^(Dense|Dropout|Activation|BatchNormalization|LayerNormalization|ReLU|LeakyReLU|ELU|Softmax|GaussianNoise|GaussianDropout|AlphaDropout)$/;

/** Of the model that a train cell uses: before the first dense layer of those at its end. */
function flattenBeforeEnd(train: EditedCell, blocks: readonly EditedBlock[], modelOf: Facts['modelOf']): Fix | undefined {
  const above = cellsOf(blocks.slice(0, blocks.indexOf(train)));
  const model = above.findLast((other) => other.kind === 'model');
  const table = model && modelOf(model);
  if (!model || !table) return undefined;
  const last = table.layers.findLastIndex(({ className }) => !takesRows.test(className));
  const dense = table.layers.slice(last + 1).find(({ className }) => className === 'Dense');
  if (dense?.where?.cell !== model.id || dense.where.cellLine === undefined) return undefined;
  return inserted(model, offsetOf(editorText(model), dense.where.cellLine, dense.where.column ?? 1));
}

/** `layers.flatten()` before the layer that begins at `at`, where that is an item of a list. */
function inserted(cell: EditedCell, at: number): Fix | undefined {
  const text = editorText(cell);
  const before = /^layers\s*\.\s*\w+/.exec(text.slice(at))?.[0];
  const lead = /([[,])(\s*)$/.exec(text.slice(0, at));
  if (before === undefined || !lead) return undefined;
  // As the list is written: each layer on a line of its own, or one after another.
  const gap = lead[2].includes('\n') ? lead[2].slice(lead[2].lastIndexOf('\n')) : ' ';
  return { kind: 'insert', key: cell.key, start: at, end: at, text: `layers.flatten(),${gap}`, what: 'layers.flatten()', before };
}

function unquoted(found: string | number | undefined): string | undefined {
  return /^'([^]*)'$/.exec(String(found))?.[1];
}

/** Line and column count from 1. */
function offsetOf(text: string, line: number, column: number): number {
  const above = text.split('\n').slice(0, line - 1);
  return above.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}

export function withFix(text: string, { start, end, text: put }: Fix): string {
  return text.slice(0, start) + put + text.slice(end);
}
