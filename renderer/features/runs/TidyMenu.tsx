import { FolderArchive } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { RunId } from '#contract/ids.ts';
import type { RunSummary } from '#contract/runs.ts';
import { type Action, useActions } from '../../app/action-store.ts';
import { Button } from '../../components/Button.tsx';
import { paletteSize } from '../../components/charts/palette.ts';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Menu, type MenuItem } from '../../components/Menu.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRunsStore } from './runs-store.ts';

interface Props {
  readonly chosen: readonly RunSummary[];
  /** What else the menu offers, below. */
  readonly more: readonly MenuItem[];
}

/** Tags, colours, the archive and the baseline, for all runs that are chosen. */
export function TidyMenu({ chosen, more }: Props) {
  const t = useWords();
  const { organize, showsArchive, showArchive } = useRunsStore();
  const [dialog, setDialog] = useState<'tags' | 'color'>();
  const close = useCallback(() => setDialog(undefined), []);
  const key = chosen.map((run) => run.id).join(' ');
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const archived = chosen.length > 0 && chosen.every((run) => run.archivedAt !== undefined);
  const isBaseline = only?.baseline === true;

  const items = useMemo((): (MenuItem & { readonly action?: string })[] => {
    const runIds = key === '' ? [] : (key.split(' ') as RunId[]);
    const none = runIds.length === 0;
    return [
      { id: 'tags', action: 'T', label: t('tidy.tags'), disabled: none, onSelect: () => setDialog('tags') },
      { id: 'color', action: 'C', label: t('tidy.color'), disabled: none, onSelect: () => setDialog('color') },
      {
        id: 'baseline',
        action: 'B',
        label: t(isBaseline ? 'tidy.unpin' : 'tidy.pin'),
        disabled: runIds.length !== 1,
        onSelect: () => void organize({ runIds, baseline: !isBaseline }),
      },
      {
        id: 'archive',
        action: 'E',
        label: t(archived ? 'tidy.unarchive' : 'tidy.archive'),
        disabled: none,
        onSelect: () => void organize({ runIds, archived: !archived }),
      },
      {
        id: 'showArchive',
        label: t(showsArchive ? 'tidy.leaveArchive' : 'tidy.showArchive'),
        separated: true,
        onSelect: () => showArchive(!showsArchive),
      },
    ];
  }, [t, key, isBaseline, archived, organize, showsArchive, showArchive]);
  const actions = useMemo(
    (): Action[] =>
      items.map(({ id, label, action, disabled = false, onSelect }) => ({
        id: `tidy.${id}`,
        title: label,
        disabled,
        // Single letters, as long as the table has the keyboard.
        ...(action && { keys: action, within: '.run-table' }),
        run: onSelect,
      })),
    [items],
  );
  useActions('tidy', actions);

  return (
    <>
      <Menu
        label={t('tidy.menu')}
        items={[...items.map(({ action, ...item }) => ({ ...item, keys: action })), ...more]}
        trigger={(props) => (
          <Button icon={<FolderArchive size={14} />} {...props}>
            {t('tidy.menu')}
          </Button>
        )}
      />
      {dialog === 'tags' && <TagDialog chosen={chosen} onClose={close} />}
      {dialog === 'color' && <ColorDialog chosen={chosen} onClose={close} />}
    </>
  );
}

const ids = (runs: readonly RunSummary[]): RunId[] => runs.map((run) => run.id);

function TagDialog({ chosen, onClose }: { readonly chosen: readonly RunSummary[]; readonly onClose: () => void }) {
  const t = useWords();
  const organize = useRunsStore((state) => state.organize);
  const [text, setText] = useState('');
  const [removed, setRemoved] = useState<ReadonlySet<string>>(new Set());
  const tags = [...new Set(chosen.flatMap((run) => run.tags))].sort();
  const added = [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
  const apply = (): void => {
    if (added.length + removed.size > 0) void organize({ runIds: ids(chosen), addTags: added, removeTags: [...removed] });
    onClose();
  };
  return (
    <Dialog
      title={t('tidy.tagsOf', { count: chosen.length })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('frame.cancel')}</Button>
          <Button look="primary" disabled={added.length + removed.size === 0} onClick={apply}>
            {t('tidy.apply')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <TextField label={t('tidy.addTags')} hint={t('tidy.addTagsHint')} value={text} onValue={setText} maxLength={60} />
      </form>
      {tags.length > 0 && (
        <fieldset className="tidy-tags">
          <legend>{t('tidy.removeTags')}</legend>
          {tags.map((tag) => (
            <label key={tag} className="check-label">
              <input
                type="checkbox"
                checked={removed.has(tag)}
                onChange={() => {
                  const next = new Set(removed);
                  if (!next.delete(tag)) next.add(tag);
                  setRemoved(next);
                }}
              />
              {tag}
              <span className="quiet-text">{t('runs.count', { count: chosen.filter((run) => run.tags.includes(tag)).length })}</span>
            </label>
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}

function ColorDialog({ chosen, onClose }: { readonly chosen: readonly RunSummary[]; readonly onClose: () => void }) {
  const t = useWords();
  const organize = useRunsStore((state) => state.organize);
  const set = (color: number | null): void => {
    void organize({ runIds: ids(chosen), color });
    onClose();
  };
  return (
    <Dialog
      title={t('tidy.colorOf', { count: chosen.length })}
      onClose={onClose}
      actions={<Button onClick={() => set(null)}>{t('tidy.firstColor')}</Button>}
    >
      <p className="quiet-text">{t('tidy.colorText')}</p>
      <div className="tidy-colors">
        {Array.from({ length: paletteSize }, (_, color) => (
          <button
            key={color}
            type="button"
            className="tidy-color"
            aria-label={t('tidy.colorNumber', { number: color + 1 })}
            aria-pressed={chosen.every((run) => run.color === color)}
            onClick={() => set(color)}
          >
            <RunMark color={color} />
          </button>
        ))}
      </div>
    </Dialog>
  );
}
