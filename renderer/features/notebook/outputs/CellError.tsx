import { CircleAlert, Wand2 } from 'lucide-react';
import type { Where } from '#contract/errors.ts';
import { useKeysOf } from '../../../app/action-store.ts';
import { Button } from '../../../components/Button.tsx';
import { spellKeys } from '../../../components/keys.ts';
import { useErrorText } from '../../../words/errors.ts';
import { useWords } from '../../../words/use-words.ts';
import type { Fix } from '../fixes/fixes.ts';
import { applyFix, fixTitle } from '../fixes/use-fix.ts';

interface Props {
  readonly error: unknown;
  /** Where in this cell, if it is known. */
  readonly where?: Where | undefined;
  readonly fix?: Fix | undefined;
  readonly onGo: (place: { line: number; column?: number | undefined }) => void;
}

/** What is wrong with a cell: the claim, the place and the way there. */
export function CellError({ error, where, fix, onGo }: Props) {
  const t = useWords();
  const text = useErrorText()(error);
  const keys = useKeysOf('notebook.fix');
  const line = where?.cellLine;
  return (
    <div className="cell-error" role="alert">
      <CircleAlert size={16} aria-hidden />
      <span className="grow">{text}</span>
      {fix && (
        <Button icon={<Wand2 size={13} />} title={keys && spellKeys(keys)} onClick={() => applyFix(fix)}>
          {fixTitle(t, fix)}
        </Button>
      )}
      {line !== undefined && (
        <Button look="link" onClick={() => onGo({ line, column: where?.column })}>
          {t('notebook.goToLine', { line })}
        </Button>
      )}
    </div>
  );
}
