/** Commands that are killed at random moments and gone on with until they are done. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../main/cli/epochbook.ts', import.meta.url));

export interface Place {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A folder of its own for as long as `use` takes, filled by `fill`. */
export async function inPlace<T>(fill: (folder: string) => void, use: (place: Place) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'epochbook-killing-'));
  fill(folder);
  try {
    return await use({ folder, environment: { ...process.env, EPOCHBOOK_LOCALE: 'en', EPOCHBOOK_USER_FOLDER: join(folder, '.user') } });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const begin = ({ folder, environment }: Place, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [command, ...args], { cwd: folder, env: environment, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });

/** What a command prints as JSON: its last line. */
export function told({ folder, environment }: Place, ...args: string[]): any {
  const { stdout } = spawnSync(process.execPath, [command, ...args], { cwd: folder, env: environment, encoding: 'utf8' });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

/** Milliseconds that the command takes. */
export async function undisturbedMs(place: Place, args: readonly string[]): Promise<number> {
  const began = performance.now();
  await new Promise((resolve) => begin(place, args).on('close', resolve));
  return performance.now() - began;
}

export interface Killing {
  readonly first: readonly string[];
  /** Once there is a run. */
  readonly after: readonly string[];
  /** At most so many; then it is left alone. */
  readonly kills: number;
  readonly random: () => number;
  /** The earliest and the latest moment of a kill. */
  readonly betweenMs: readonly [number, number];
  /** Whether nothing is left to go on with: a kill may come between the work's end and the command's. */
  readonly isDone?: (place: Place) => boolean;
}

/** Nobody is left to be killed where a process has just ended by itself. */
function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Kills the process alone or with all its trainers. `code` is not 0 where it ended in another way. */
export async function killedUntilDone(place: Place, how: Killing): Promise<{ kills: number; code: number | null }> {
  const { kills: most, random } = how;
  const [from, to] = how.betweenMs;
  let kills = 0;
  for (let go = 0; go <= most; go++) {
    // The first kill may have come before there was a run.
    const isBegun = go > 0 && told(place, 'runs', '--json').length > 0;
    if (isBegun && how.isDone?.(place)) return { kills, code: 0 };
    const child = begin(place, isBegun ? how.after : how.first);
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const timer = go < most ? setTimeout(() => kill(random() < 0.5 ? -child.pid! : child.pid!), from + (to - from) * random()) : undefined;
    const code = await closed;
    clearTimeout(timer);
    if (code === null) kills += 1;
    else return { kills, code };
  }
  return { kills, code: null };
}
