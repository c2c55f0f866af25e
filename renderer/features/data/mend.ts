/** Changes to the notebook's text that mend what is odd or wrong in its data, one click away. */
import { useMemo } from 'react';
import { beforeScaling, literal } from '#contract/cell-text.ts';
import type { PlainError } from '#contract/errors.ts';
import type { DataFix } from '#contract/notebook.ts';
import type { Translate } from '../../words/use-words.ts';
import { type EditedCell, editorText } from '../notebook/blocks.ts';
import { cellOf, trainBelow } from '../notebook/lookup.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { withDataFix } from './data-fix.ts';

export interface Mend {
  readonly key: string;
  readonly text: string;
}

/** The cells whose texts mend a data cell: its own, and the train cell that it feeds. */
export interface Mendable {
  readonly own: EditedCell | undefined;
  readonly train: EditedCell | undefined;
}

/** Another one only where one of these texts changed. */
export function useMendable(id: string): Mendable {
  const own = useNotebookStore(({ blocks }) => cellOf(blocks, id));
  const train = useNotebookStore(({ blocks }) => trainBelow(blocks, id));
  return useMemo(() => ({ own, train }), [own, train]);
}

export function mendableNow(id: string): Mendable {
  const { blocks } = useNotebookStore.getState();
  return { own: cellOf(blocks, id), train: trainBelow(blocks, id) };
}

/** Undefined where the text has no place for it. */
export function mendOf({ own, train }: Mendable, fix: DataFix): Mend | undefined {
  const found = fix.do === 'setTrainOption' ? train : own;
  if (!found) return undefined;
  const before = editorText(found);
  const text = withDataFix(before, fix);
  return text === undefined || text === before ? undefined : { key: found.key, text };
}

/** One undo brings the text back. */
export function applyMend({ key, text }: Mend): void {
  useNotebookStore.getState().rewrite(new Map([[key, text]]));
}

export function fixTitle(t: Translate, fix: DataFix): string {
  const clip = (code: string) => (code.length > 60 ? `${code.slice(0, 58)}…` : code);
  if (fix.do === 'addStep') return t('data.fixAdd', { step: clip(fix.step) });
  return t('data.fixSet', { option: clip(fix.do === 'setStep' ? fix.step : `${fix.name}: ${fix.value}`) });
}

const mostChoices = 8;
/** The cell language's names of what reads texts. */
const texts = ['csv', 'tsv', 'text', 'textFolder'];

/** What may be done about an error of the data: the one mend, or the choices there are. */
export function fixesOf(error: PlainError): DataFix[] {
  const isOfOther = /^\/data\/steps\/\d+\/data\//.test(error.at ?? '');
  // An option would go to the cell's first source, which another one's error is not about.
  return everyFixOf(error).filter((fix) => fix.do !== 'setOption' || !isOfOther);
}

function everyFixOf({ code, values = {} }: PlainError): DataFix[] {
  const said = (name: string) => String(values[name] ?? '');
  const choices = said('choices') === '' ? [] : (JSON.parse(said('choices')) as string[]).slice(0, mostChoices);
  const column = literal(said('column'));
  const step = (text: string): DataFix => ({ do: 'addStep', step: text, before: beforeScaling });
  const isTarget = said('role') === 'target';
  switch (code) {
    case 'data.sqliteWhich':
    case 'data.sqliteTable':
      return choices.map((name) => ({ do: 'setOption', of: 'sqlite', name: 'table', value: literal(name) }));
    case 'data.npzWhich':
    case 'data.npzArray':
      return choices.map((name) => ({ do: 'setOption', of: 'npz', name: said('what'), value: literal(name) }));
    case 'data.encoding':
    case 'data.encodingTold':
      return choices.flatMap((name) => texts.map((of): DataFix => ({ do: 'setOption', of, name: 'encoding', value: literal(name) })));
    case 'data.noTarget':
      return choices.map((name) => step(`.target(${literal(name)})`));
    case 'data.missingValue':
      return isTarget ? [step(`.filter(${column}, { missing: false })`)] : [step(`.impute(${column})`), step(`.drop(${column})`)];
    case 'data.notANumber':
      return isTarget
        ? [step(`.filter(${column}, { noneOf: [${literal(said('value'))}] })`)]
        : [step(`.replace(${column}, { ${literal(said('value'))}: '' }).impute(${column})`)];
    case 'data.replaceComputed':
      return [step(`.cast(${column}, { to: 'text' })`)];
    case 'data.largeText':
      return [step(`.drop(${column})`)];
    case 'data.oneHotTooWide':
      return [step(`.drop(${column})`), step(`.ordinal(${column})`)];
    case 'data.textFeature':
      return [{ do: 'addStep', step: `.oneHot(${column})`, before: ['split', 'kFold'] }, step(`.drop(${column})`)];
    case 'data.pictureDamaged':
      return [{ do: 'setOption', of: 'imageFolder', name: 'damaged', value: "'skip'" }];
    case 'data.pictureSizes':
      return [{ do: 'setOption', of: 'imageFolder', name: 'size', value: `[${said('height')}, ${said('width')}]` }];
    default:
      return [];
  }
}
