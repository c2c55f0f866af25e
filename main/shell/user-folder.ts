/** Where a user's own settings lie, the same for every shell, so that a theme chosen in one holds in the others. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function userFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['EPOCHBOOK_USER_FOLDER']) return environment['EPOCHBOOK_USER_FOLDER'];
  if (process.platform === 'win32') return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Epochbook');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Epochbook');
  return join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'Epochbook');
}
