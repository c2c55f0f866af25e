/** The window's keys: whatever the shown views offer. What an editor or a dialog takes for itself does not come here. */
import { useEffect } from 'react';
import { matchesKeys } from '../components/keys.ts';
import { useActionStore } from './action-store.ts';

export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
      // AltGr types a character, and says that it is Ctrl and Alt.
      if (event.getModifierState('AltGraph')) return;
      for (const actions of useActionStore.getState().groups.values()) {
        for (const action of actions) {
          if (!action.keys || !matchesKeys(event, action.keys)) continue;
          // Text fields keep the keys that mean something in a text.
          if (!/Mod|^F\d/.test(action.keys) && isTextField(event.target)) continue;
          event.preventDefault();
          if (!action.disabled) action.run();
          return;
        }
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
