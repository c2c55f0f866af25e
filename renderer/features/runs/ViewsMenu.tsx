import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Menu } from '../../components/Menu.tsx';
import { TextField } from '../../components/TextField.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRunsStore } from './runs-store.ts';
import { currentLayout, isAsKept, useViewsStore } from './views-store.ts';

/** Views of the table: columns, order, groups and search under a name, for everyone who opens the workspace. */
export function ViewsMenu() {
  const t = useWords();
  const { views, name, apply, reset, save, remove } = useViewsStore();
  // Drawn again whenever what a view holds changes.
  useRunsStore();
  const [asking, setAsking] = useState<string>();
  const view = views.find((one) => one.name === name);
  const isChanged = view !== undefined && !isAsKept(currentLayout(), view);
  const trimmed = asking?.trim() ?? '';
  const keep = async (): Promise<void> => {
    if (trimmed !== '' && (await save(trimmed))) setAsking(undefined);
  };
  return (
    <>
      <Menu
        label={t('table.views')}
        items={[
          ...views.map((one) => ({ id: `view:${one.name}`, label: one.name, checked: one.name === name, onSelect: () => apply(one) })),
          { id: 'usual', label: t('table.usualView'), separated: views.length > 0, onSelect: reset },
          { id: 'save', label: t('table.saveView'), onSelect: () => setAsking(name ?? '') },
          ...(view
            ? [
                {
                  id: 'update',
                  label: t('table.updateView', { name: view.name }),
                  disabled: !isChanged,
                  onSelect: () => void save(view.name),
                },
                { id: 'remove', label: t('table.removeView', { name: view.name }), danger: true, onSelect: () => void remove(view.name) },
              ]
            : []),
        ]}
        trigger={(props) => (
          <Button icon={<Bookmark size={14} />} {...props}>
            {view ? (isChanged ? t('table.viewChanged', { name: view.name }) : view.name) : t('table.views')}
          </Button>
        )}
      />
      {asking !== undefined && (
        <Dialog
          title={t('table.saveViewTitle')}
          onClose={() => setAsking(undefined)}
          actions={
            <>
              <Button onClick={() => setAsking(undefined)}>{t('frame.cancel')}</Button>
              <Button look="primary" disabled={trimmed === ''} onClick={() => void keep()}>
                {t('table.save')}
              </Button>
            </>
          }
        >
          <TextField
            label={t('table.viewName')}
            value={asking}
            maxLength={100}
            hint={views.some((one) => one.name === trimmed) ? t('table.viewTaken') : t('table.viewHolds')}
            onValue={setAsking}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) void keep();
            }}
          />
        </Dialog>
      )}
    </>
  );
}
