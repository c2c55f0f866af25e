import { Rows3, Wand2 } from 'lucide-react';
import type { DataFix, Finding } from '#contract/notebook.ts';
import { Button } from '../../components/Button.tsx';
import { coreText } from '../../words/errors.ts';
import { useLocaleStore } from '../../words/locale.ts';
import { type Translate, useWords } from '../../words/use-words.ts';
import { cellsOf, type EditedCell, editorText } from '../notebook/blocks.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { withDataFix } from './data-fix.ts';
import { lookAt } from './data-store.ts';

/** What is odd in a data set: the claim, its evidence, the rows to look at, and the change that mends it. */
export function Findings({ cell, findings }: { readonly cell: string; readonly findings: readonly Finding[] }) {
  const t = useWords();
  const locale = useLocaleStore((state) => state.locale);
  // A finding whose mend has no place in the text has none to offer.
  const blocks = useNotebookStore((state) => state.blocks);
  return (
    <ul className="findings" aria-label={t('notebook.findings')}>
      {findings.map((finding) => {
        const { code, evidence, rows, column, fix } = finding;
        const mend = fix && mendOf(cellsOf(blocks), cell, fix);
        return (
          <li key={`${code} ${evidence}`} className="note finding">
            <b>{coreText(locale, code, finding.values, finding.message)}</b>
            <span className="evidence">{evidence}</span>
            {(rows ?? column ?? mend) !== undefined && (
              <span className="finding-actions">
                {(rows !== undefined || column !== undefined) && (
                  <Button look="quiet" icon={<Rows3 size={13} />} onClick={() => lookAt(cell, { rows, column })}>
                    {rows ? t('data.showRows', { count: rows.length }) : t('data.showColumn')}
                  </Button>
                )}
                {fix && mend && (
                  <Button icon={<Wand2 size={13} />} onClick={() => apply(mend)}>
                    {fixTitle(t, fix)}
                  </Button>
                )}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface Mend {
  readonly key: string;
  readonly text: string;
}

function mendOf(cells: readonly EditedCell[], id: string, fix: DataFix): Mend | undefined {
  const place = cells.findIndex((cell) => cell.id === id);
  const found = fix.do === 'setTrainOption' ? cells.slice(place).find(({ kind }) => kind === 'train') : cells[place];
  if (!found) return undefined;
  const before = editorText(found);
  const text = withDataFix(before, fix);
  return text === undefined || text === before ? undefined : { key: found.key, text };
}

/** One undo brings the text back. */
function apply({ key, text }: Mend): void {
  useNotebookStore.getState().rewrite(new Map([[key, text]]));
}

function fixTitle(t: Translate, fix: DataFix): string {
  const clip = (code: string) => (code.length > 60 ? `${code.slice(0, 58)}…` : code);
  return fix.do === 'addStep'
    ? t('data.fixAdd', { step: clip(fix.step) })
    : t('data.fixSet', { option: clip(`${fix.name}: ${fix.value}`) });
}
