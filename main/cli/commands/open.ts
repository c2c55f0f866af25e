/**
 * `open`: the app in a browser. The desktop app is opened by start.mjs, which needs none of this; what arrives here is
 * for the browser.
 */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { chooseStartPlace, type StartPlace } from '#shell/start-place.ts';
import { type LocalizedCommand, wholeNumber } from '../command.ts';
import { watchInterruption } from '../interruption.ts';
import { note, print } from '../output.ts';
import { say } from '../words.ts';

interface OpenOptions {
  readonly browser?: boolean;
  readonly port?: number;
}

/** Shows the address in the user's browser, where there is a screen for it. Whether that works is the system's affair. */
function showAddress(url: string): void {
  const { platform, env } = process;
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return;
  const [command, ...args] =
    platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', url] : [platform === 'darwin' ? 'open' : 'xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

function placeNamed(argument: string | undefined): Partial<StartPlace> {
  return argument === undefined ? {} : chooseStartPlace({ argument, home: homedir() });
}

async function perform(argument: string | undefined, { port }: OpenOptions): Promise<void> {
  const { signal } = watchInterruption();
  const { serveBrowser } = await import('../../browser/serve.ts');
  const server = await serveBrowser({ ...placeNamed(argument), port });
  print(say('cli.address', { url: server.url }));
  note(say('cli.addressNote'));
  showAddress(server.url);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.close();
}

export function addOpen(program: LocalizedCommand): void {
  program
    .command('open')
    .description(say('cli.open'))
    .argument('[FILE or DIR]', say('cli.argument.place'))
    .option('--browser', say('cli.option.browser'))
    .option('--port <N>', say('cli.option.port'), wholeNumber('--port', 'port'))
    .action(perform);
}
