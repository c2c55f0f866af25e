/** The window's keys: whatever the shown views offer. What an editor or a dialog takes for itself does not come here. */
import { useLayoutEffect } from 'react';
import { matchesKeys } from '../components/keys.ts';
import { type Action, useActionStore } from './action-store.ts';

/** The action that a first key of two began. */
let begun: Action | undefined;

export function useShortcuts(): void {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      // AltGr types a character, and says that it is Ctrl and Alt.
      if (event.getModifierState('AltGraph')) return;
      if (/^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
      const before = begun;
      begun = undefined;
      // What is typed is no action's, and there are a hundred to ask.
      const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (isLetter && isTextField(event.target)) return;
      for (const actions of useActionStore.getState().groups.values()) {
        for (const action of actions) {
          const keys = [action.keys, action.otherKeys].find((one) => one !== undefined && fits(event, one, before?.id === action.id));
          if (keys === undefined) continue;
          // Text fields keep the keys that mean something in a text, and undo what was typed into them.
          const forText =
            /^Mod\+(Shift\+)?(Z|A|Backspace|Up|Down)$/.test(keys) ||
            (!/Mod|F\d+$/.test(keys) && (!action.inText || !/Alt|Ctrl/.test(keys)));
          if (forText && isTextField(event.target)) continue;
          const always = keys.includes('Mod') || keys === '?';
          if (action.within !== undefined && !always && !(event.target instanceof Element && event.target.matches(action.within))) continue;
          // Asked last, as it looks through the whole page: letters that are typed do not come here.
          if (document.querySelector('dialog[open]')) return;
          event.preventDefault();
          if (action.disabled) return;
          if (keys.includes(' ') && before?.id !== action.id) begun = action;
          else action.run();
          return;
        }
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Runs what the user gave these keys to; for an editor, which takes most keys for itself. */
export function runOwnKeys(event: KeyboardEvent): boolean {
  for (const actions of useActionStore.getState().groups.values()) {
    const action = actions.find(({ changedFrom, keys }) => changedFrom && keys !== undefined && matchesKeys(event, keys));
    if (!action || action.disabled || (action.within !== undefined && !action.keys?.includes('Mod'))) continue;
    action.run();
    return true;
  }
  return false;
}

/** `second`: the first of two keys was just pressed. */
function fits(event: KeyboardEvent, keys: string, second: boolean): boolean {
  const [one, two] = keys.split(' ');
  return matchesKeys(event, second && two !== undefined ? two : one);
}

function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // Monaco's text is of an EditContext, which is no field to the page.
  if (target.closest('.monaco-editor')) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
