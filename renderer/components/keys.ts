/** Keyboard shortcuts, written `Mod+Shift+P`: Mod is Command on a Mac and Ctrl elsewhere. `D D` is one key after another. */

const mac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** As a person reads it: `Ctrl Shift P`. */
export function spellKeys(keys: string): string {
  return keys
    .split(/[+ ]/)
    .map((key) =>
      key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Up' ? '↑' : key === 'Down' ? '↓' : key === 'Left' ? '←' : key === 'Right' ? '→' : key,
    )
    .join(' ');
}

/** Whether the event is exactly this combination. */
export function matchesKeys(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  keys: string,
  onMac = mac,
): boolean {
  const parts = keys.split('+');
  const last = parts.at(-1)!;
  // Ctrl itself is asked for where a Mac, too, uses it.
  const wantsCtrl = parts.includes('Ctrl');
  const wantsMod = parts.includes('Mod') || (wantsCtrl && !onMac);
  const mod = onMac ? event.metaKey : event.ctrlKey;
  const otherMod = onMac ? event.ctrlKey : event.metaKey;
  if (mod !== wantsMod || otherMod !== (wantsCtrl && onMac)) return false;
  // Some layouts need Shift for it, others do not.
  if (last === '?') return event.key === '?' && !event.altKey;
  if (event.shiftKey !== parts.includes('Shift') || event.altKey !== parts.includes('Alt')) return false;
  if (/^(Up|Down|Left|Right)$/.test(last)) return event.key === `Arrow${last}`;
  if (/^[A-Z]$/.test(last)) return event.code === `Key${last}` || event.key.toUpperCase() === last;
  if (/^[0-9]$/.test(last)) return event.code === `Digit${last}` || event.key === last;
  if (last === '-') return event.code === 'Minus' || event.key === '-';
  return event.key === last;
}

/** What was pressed, written as in an action; undefined for a key that is none by itself, or is somebody else's. */
export function keysOfEvent(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
  onMac = mac,
): string | undefined {
  const { key, code, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (/^(Shift|Control|Alt|Meta|AltGraph|Tab|Escape|CapsLock|Dead|Process|Unidentified| |\+)$/.test(key)) return undefined;
  const name =
    /^Key([A-Z])$/.exec(code)?.[1] ??
    /^Digit(\d)$/.exec(code)?.[1] ??
    (code === 'Minus' ? '-' : (/^Arrow(\w+)$/.exec(key)?.[1] ?? (key.length === 1 ? key.toUpperCase() : key)));
  const mod = onMac ? metaKey : ctrlKey;
  if (!onMac && metaKey) return undefined;
  // A sign that Shift makes stands for itself.
  const shift = shiftKey && (name.length > 1 || /[A-Z0-9-]/.test(name));
  return [mod && 'Mod', onMac && ctrlKey && 'Ctrl', altKey && 'Alt', shift && 'Shift', name].filter((part) => part !== false).join('+');
}
