import { useActionStore } from '../../app/action-store.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { spellKeys } from '../../components/keys.ts';
import { useWords } from '../../words/use-words.ts';
import { usePaletteStore } from './palette-store.ts';

const groupNames = ['notebook', 'runs', 'comparison', 'frame'] as const;

/** Every action that has a key, where one is at the moment. */
export function ShortcutSheet() {
  const isOpen = usePaletteStore((state) => state.sheetOpen);
  return isOpen ? <OpenSheet /> : null;
}

function OpenSheet() {
  const t = useWords();
  const groups = useActionStore((state) => state.groups);
  const close = () => usePaletteStore.getState().setSheetOpen(false);
  return (
    <Dialog title={t('frame.shortcuts')} wide onClose={close}>
      <div className="shortcut-sheet">
        {groupNames.map((name) => {
          const actions = (groups.get(name) ?? []).filter((action) => action.keys);
          if (actions.length === 0) return null;
          return (
            <section key={name} aria-label={t(`frame.keysOf.${name}`)}>
              <h3>{t(`frame.keysOf.${name}`)}</h3>
              <dl>
                {actions.map((action) => (
                  <div key={action.id}>
                    <dt>{action.title}</dt>
                    <dd>
                      <kbd>{spellKeys(action.keys!)}</kbd>
                      {action.otherKeys !== undefined && <kbd>{spellKeys(action.otherKeys)}</kbd>}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <p className="quiet">{t('frame.keysNote')}</p>
    </Dialog>
  );
}
