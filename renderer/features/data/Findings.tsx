import { Rows3, Wand2 } from 'lucide-react';
import type { Finding } from '#contract/notebook.ts';
import { Button } from '../../components/Button.tsx';
import { coreText } from '../../words/errors.ts';
import { useLocaleStore } from '../../words/locale.ts';
import { useWords } from '../../words/use-words.ts';
import { lookAt } from './data-store.ts';
import { applyMend, fixTitle, mendOf, useMendable } from './mend.ts';

interface FindingsProps {
  readonly cell: string;
  readonly findings: readonly Finding[];
  /** Whether its rows can be shown: those of a table, or pictures. */
  readonly canLook: boolean;
}

/** What is odd in a data set: the claim, its evidence, the rows to look at, and the change that mends it. */
export function Findings({ cell, findings, canLook }: FindingsProps) {
  const t = useWords();
  const locale = useLocaleStore((state) => state.locale);
  // A finding whose mend has no place in the text has none to offer.
  const mendable = useMendable(cell);
  return (
    <ul className="findings" aria-label={t('notebook.findings')}>
      {findings.map((finding) => {
        const { code, evidence, fix } = finding;
        const { rows, column } = canLook ? finding : {};
        const mend = fix && mendOf(mendable, fix);
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
                  <Button icon={<Wand2 size={13} />} onClick={() => applyMend(mend)}>
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
