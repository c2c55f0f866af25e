/** Names of runs and metrics, which may be any text, as names of files. */

/** Of 255 that file systems allow, some are kept for what is put behind a name. */
const mostBytes = 200;

/** The text's beginning, in whole characters, that is no longer in UTF-8. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > mostBytes) break;
    kept += character;
  }
  return kept;
}

/** Windows takes these for devices, with any ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** A name that every system takes for one file in its folder, such as none with dots alone; `other` where nothing is left. */
export function fileName(name: string, other: string): string {
  const plain = cut(
    name
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, '_')
      .replace(/^\.+/, '_'),
  ).replace(/[. ]+$/, '');
  if (plain === '') return other;
  return devices.test(plain) ? `_${plain}` : plain;
}

/** Gives each name a path of its own in one folder: no two are the same on any system, and none lies under another. */
export function createPaths(): (path: string) => string {
  const files = new Set<string>();
  const folders = new Set<string>();
  const isFree = (path: string): boolean => {
    const parts = path.split('/');
    return !files.has(path) && !folders.has(path) && parts.every((_, index) => index === 0 || !files.has(parts.slice(0, index).join('/')));
  };
  return (path) => {
    let free = path;
    // Where a part of the path is a file, a number behind it does not help: it becomes one name.
    for (let number = 2; !isFree(free.toLowerCase()); number++) free = `${path.replaceAll('/', '_')}-${number}`;
    const parts = free.toLowerCase().split('/');
    files.add(parts.join('/'));
    for (let index = 1; index < parts.length; index++) folders.add(parts.slice(0, index).join('/'));
    return free;
  };
}
