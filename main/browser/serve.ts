/** The browser shell: a workbench behind a loopback server, training in a child process. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings, Workspace } from '#contract/calls.ts';
import { EpochbookError } from '#contract/errors.ts';
import { readRemembered, remember } from '#shell/remembered.ts';
import { chooseStartPlace } from '#shell/start-place.ts';
import { userFolder } from '#shell/user-folder.ts';
import { forkTrainerOnNode } from '#trainer/fork-node.ts';
import { createWorkbench, type Workbench } from '#workbench/workbench.ts';
import { type BrowserServer, startServer } from './server.ts';

export interface BrowserOptions {
  /** Absolute; left out: the last workspace, else the user's own. `chooseStartPlace` gives both for a path typed by a user. */
  readonly folder?: string | undefined;
  /** The notebook to open first, in the folder. */
  readonly notebook?: string | undefined;
  /** 0 or left out: any free one. */
  readonly port?: number | undefined;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Serves until `close`, which also ends training.
 *
 * @throws shell.notBuilt, shell.portTaken, store.workspaceLocked
 */
export async function serveBrowser(options: BrowserOptions = {}): Promise<BrowserServer> {
  const pageFolder = join(root, 'out', 'renderer');
  if (!existsSync(join(pageFolder, 'index.html'))) throw new EpochbookError('shell.notBuilt', { path: pageFolder });
  const own = userFolder();
  const { folder, notebook } =
    options.folder === undefined
      ? chooseStartPlace({ last: readRemembered(own).workspace, home: homedir() })
      : { ...options, folder: options.folder };
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const workbench = await createWorkbench({
    folder,
    notebook,
    fork: forkTrainerOnNode(),
    samplesFolder: join(root, 'resources', 'samples'),
    settingsFile: join(own, 'settings.json'),
    version,
    shell: { name: 'browser' },
  });
  remember(own, { workspace: folder });
  try {
    const settings = await workbench.call('settings.get', {});
    const server = await startServer({
      workbench: { ...workbench, call: rememberingWorkspace(workbench, own) },
      pageFolder,
      port: options.port,
      locale: settings.ok ? (settings.value as Settings).locale : 'en',
    });
    return {
      url: server.url,
      async close() {
        await server.close();
        await workbench.close();
      },
    };
  } catch (error) {
    await workbench.close();
    throw error;
  }
}

/** The workspace that the page opens is the one to start with next time. */
function rememberingWorkspace(workbench: Workbench, own: string): Workbench['call'] {
  return async (name, request) => {
    const reply = await workbench.call(name, request);
    if (name === 'workspace.open' && reply.ok) remember(own, { workspace: (reply.value as Workspace).folder });
    return reply;
  };
}
