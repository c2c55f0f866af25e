/** Where an export goes unless the person says otherwise. */

/** A name as a folder's name, safe on every system: no separators, reserved marks or dots at the ends. */
export function folderName(name: string): string {
  const safe = name
    .normalize('NFC')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-')
    .replace(/[\s-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return safe === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(safe) ? `run-${safe}`.replace(/-$/, '') : safe;
}

/** Puts a path together with the separator the folder itself has. */
export function within(folder: string, ...parts: readonly string[]): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return [folder.replace(/[\\/]+$/, ''), ...parts].join(separator);
}

export function defaultFolder(workspace: string, run: string): string {
  return within(workspace, 'exports', `${folderName(run)}-tfjs`);
}
