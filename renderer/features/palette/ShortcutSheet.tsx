import { Pencil, RotateCcw, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type Action, useActionStore } from '../../app/action-store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { keysOfEvent, spellKeys } from '../../components/keys.ts';
import { TextField } from '../../components/TextField.tsx';
import { useWords } from '../../words/use-words.ts';
import { usePaletteStore } from './palette-store.ts';
import { find } from './search.ts';

const groupNames = ['notebook', 'runs', 'comparison', 'frame'] as const;

/** Every action there is at the moment with its key, which can be changed here. */
export function ShortcutSheet() {
  const isOpen = usePaletteStore((state) => state.sheetOpen);
  return isOpen ? <OpenSheet /> : null;
}

/** Keys that another action has: taken from it, or left. */
interface Conflict {
  readonly action: Action;
  readonly keys: string;
  readonly other: Action;
}

function OpenSheet() {
  const t = useWords();
  const groups = useActionStore((state) => state.groups);
  const own = useSettingsStore((state) => state.settings?.keys);
  const [query, setQuery] = useState('');
  const [recording, setRecording] = useState<string>();
  const [conflict, setConflict] = useState<Conflict>();
  const close = () => usePaletteStore.getState().setSheetOpen(false);

  const give = (action: Action, keys: string) => {
    setRecording(undefined);
    const other = [...groups.values()].flat().find((one) => one.id !== action.id && (one.keys === keys || one.otherKeys === keys));
    if (other) setConflict({ action, keys, other });
    else setKeys({ [action.id]: keys });
  };
  const take = ({ action, keys, other }: Conflict) => {
    setConflict(undefined);
    // Of two keys the other one stays.
    const left = [other.keys, other.otherKeys].find((one) => one !== undefined && one !== keys) ?? '';
    setKeys({ [action.id]: keys, [other.id]: left });
  };
  const changed = own !== undefined && Object.keys(own).length > 0;
  return (
    <Dialog
      title={t('frame.shortcuts')}
      wide
      onClose={close}
      actions={
        <>
          <Button disabled={!changed} onClick={() => void useSettingsStore.getState().change({ keys: {} })}>
            {t('frame.keysResetAll')}
          </Button>
          <Button look="primary" onClick={close}>
            {t('frame.close')}
          </Button>
        </>
      }
    >
      <TextField label={t('frame.keysSearch')} labelHidden placeholder={t('frame.keysSearch')} value={query} onValue={setQuery} />
      <div className="shortcut-sheet">
        {groupNames.map((name) => {
          const actions = (groups.get(name) ?? []).filter((action) => query !== '' || action.keys || action.changedFrom);
          const found = find(actions, query).map(({ item }) => item);
          if (found.length === 0) return null;
          return (
            <section key={name} aria-label={t(`frame.keysOf.${name}`)}>
              <h3>{t(`frame.keysOf.${name}`)}</h3>
              <ul>
                {found.map((action) => (
                  <li key={action.id}>
                    <span className="grow">{action.title}</span>
                    {recording === action.id ? (
                      <Recorder onKeys={(keys) => give(action, keys)} onCancel={() => setRecording(undefined)} />
                    ) : (
                      <>
                        {action.keys && <kbd>{spellKeys(action.keys)}</kbd>}
                        {action.otherKeys !== undefined && <kbd>{spellKeys(action.otherKeys)}</kbd>}
                        {action.changedFrom && (
                          <IconButton
                            label={t('frame.keysReset', { title: action.title, keys: action.changedFrom.map(spellKeys).join(', ') || '–' })}
                            icon={<RotateCcw size={12} />}
                            onClick={() => setKeys({ [action.id]: undefined })}
                          />
                        )}
                        <IconButton
                          label={t('frame.keysChange', { title: action.title })}
                          icon={<Pencil size={12} />}
                          onClick={() => {
                            setConflict(undefined);
                            setRecording(action.id);
                          }}
                        />
                        {action.keys !== undefined && (
                          <IconButton
                            label={t('frame.keysRemove', { title: action.title })}
                            icon={<X size={12} />}
                            onClick={() => setKeys({ [action.id]: '' })}
                          />
                        )}
                      </>
                    )}
                    {conflict?.action.id === action.id && (
                      <div className="key-conflict" role="alert">
                        <span>{t('frame.keysTaken', { keys: spellKeys(conflict.keys), title: conflict.other.title })}</span>
                        <Button onClick={() => setConflict(undefined)}>{t('frame.cancel')}</Button>
                        <Button look="primary" onClick={() => take(conflict)}>
                          {t('frame.keysTake')}
                        </Button>
                      </div>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
      <p className="quiet">{t('frame.keysNote')}</p>
    </Dialog>
  );
}

/** The next combination that is pressed; Escape leaves it as it was. */
function Recorder({ onKeys, onCancel }: { onKeys: (keys: string) => void; onCancel: () => void }) {
  const t = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') onCancel();
    const keys = keysOfEvent(event.nativeEvent);
    if (keys !== undefined) onKeys(keys);
  };
  return (
    <button ref={button} type="button" className="key-recorder" onKeyDown={onKeyDown} onBlur={onCancel}>
      {t('frame.keysPress')}
    </button>
  );
}

/** Undefined: as it comes. */
function setKeys(changes: Readonly<Record<string, string | undefined>>): void {
  const { settings, change } = useSettingsStore.getState();
  const keys = Object.entries({ ...settings?.keys, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  void change({ keys: Object.fromEntries(keys) });
}
