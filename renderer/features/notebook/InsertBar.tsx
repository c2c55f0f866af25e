import { Plus } from 'lucide-react';
import { memo } from 'react';
import type { CellKind } from '#contract/notebook.ts';
import { Button } from '../../components/Button.tsx';
import { Menu } from '../../components/Menu.tsx';
import { useWords } from '../../words/use-words.ts';

export type InsertKind = CellKind | 'prose';
export const insertKinds: readonly InsertKind[] = ['data', 'model', 'train', 'code', 'prose'];

interface Props {
  /** Undefined: at the notebook's top. */
  readonly afterKey?: string | undefined;
  readonly onInsert: (kind: InsertKind, afterKey: string | undefined) => void;
}

/** Between two blocks: a line with a plus, seen when the pointer or the keyboard is there. */
export const InsertBar = memo(function InsertBar({ afterKey, onInsert }: Props) {
  const t = useWords();
  const items = insertKinds.map((kind) => ({ id: kind, label: t(`notebook.add.${kind}`), onSelect: () => onInsert(kind, afterKey) }));
  return (
    <div className="insert-bar">
      <Menu
        label={t('notebook.insertHere')}
        items={items}
        trigger={(props) => (
          <button type="button" className="insert-button" aria-label={t('notebook.insertHere')} {...props}>
            <Plus size={13} />
          </button>
        )}
      />
    </div>
  );
});

/** At the end of the notebook, always seen. */
export function InsertRow({ onInsert }: { readonly onInsert: (kind: InsertKind) => void }) {
  const t = useWords();
  return (
    <div className="insert-row" role="group" aria-label={t('notebook.insertAtEnd')}>
      {insertKinds.map((kind) => (
        <Button key={kind} look="quiet" icon={<Plus size={13} />} onClick={() => onInsert(kind)}>
          {t(`notebook.kind.${kind}`)}
        </Button>
      ))}
    </div>
  );
}
