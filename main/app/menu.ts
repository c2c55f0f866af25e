/** The menu bar. What the page can do has its keys in the page; here is what only the shell can. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Words } from './words.ts';

export function setMenu(words: Words, actions: { openFolder: () => void }): void {
  const isMac = process.platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const file: MenuItemConstructorOptions[] = [
    { label: words('menu.openFolder'), accelerator: 'CmdOrCtrl+Shift+O', click: actions.openFolder },
    separator,
    isMac ? { role: 'close', label: words('menu.close') } : { role: 'quit', label: words('menu.quit') },
  ];
  const edit: MenuItemConstructorOptions[] = [
    { role: 'undo', label: words('menu.undo') },
    { role: 'redo', label: words('menu.redo') },
    separator,
    { role: 'cut', label: words('menu.cut') },
    { role: 'copy', label: words('menu.copy') },
    { role: 'paste', label: words('menu.paste') },
    { role: 'selectAll', label: words('menu.selectAll') },
  ];
  const view: MenuItemConstructorOptions[] = [
    { role: 'zoomIn', label: words('menu.zoomIn') },
    { role: 'zoomOut', label: words('menu.zoomOut') },
    { role: 'resetZoom', label: words('menu.zoomReset') },
    separator,
    { role: 'togglefullscreen', label: words('menu.fullScreen') },
    { role: 'toggleDevTools', label: words('menu.developerTools') },
  ];
  const window: MenuItemConstructorOptions[] = [
    { role: 'minimize', label: words('menu.minimize') },
    { role: 'close', label: words('menu.close') },
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu', label: app.name } satisfies MenuItemConstructorOptions] : []),
      { label: words('menu.file'), submenu: file },
      { label: words('menu.edit'), submenu: edit },
      { label: words('menu.view'), submenu: view },
      { label: words('menu.window'), submenu: window },
    ]),
  );
}
