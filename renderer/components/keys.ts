/** Keyboard shortcuts, written `Mod+Shift+P`: Mod is Command on a Mac and Ctrl elsewhere. `D D` is one key after another. */

const mac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** As a person reads it: `Ctrl Shift P`. */
export function spellKeys(keys: string): string {
  return keys
    .split(/[+ ]/)
    .map((key) => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Up' ? '↑' : key === 'Down' ? '↓' : key))
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
  if (last === 'Up' || last === 'Down') return event.key === `Arrow${last}`;
  if (/^[A-Z]$/.test(last)) return event.code === `Key${last}` || event.key.toUpperCase() === last;
  if (/^[0-9]$/.test(last)) return event.code === `Digit${last}` || event.key === last;
  if (last === '-') return event.code === 'Minus' || event.key === '-';
  return event.key === last;
}
