import { CircleAlert } from 'lucide-react';
import type { Where } from '#contract/errors.ts';
import { Button } from '../../../components/Button.tsx';
import { useErrorText } from '../../../words/errors.ts';
import { useWords } from '../../../words/use-words.ts';

interface Props {
  readonly error: unknown;
  /** Where in this cell, if it is known. */
  readonly where?: Where | undefined;
  readonly onGo: (place: { line: number; column?: number | undefined }) => void;
}

/** What is wrong with a cell: the claim, the place and the way there. */
export function CellError({ error, where, onGo }: Props) {
  const t = useWords();
  const text = useErrorText()(error);
  const line = where?.cellLine;
  return (
    <div className="cell-error" role="alert">
      <CircleAlert size={16} aria-hidden />
      <span className="grow">{text}</span>
      {line !== undefined && (
        <Button look="link" onClick={() => onGo({ line, column: where?.column })}>
          {t('notebook.goToLine', { line })}
        </Button>
      )}
    </div>
  );
}
