/** Runs the command line as a user does: a process of its own, its two streams kept apart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('epochbook.ts', import.meta.url));
const samples = fileURLToPath(new URL('../../resources/samples', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, line by line, as JSON. */
  json<T = any>(): T[];
}

export interface Place {
  readonly folder: string;
  /** Starts a command; `onLine` hears each line of standard output. */
  start(args: readonly string[], onLine?: (line: string, child: ChildProcess) => void): Promise<Ended>;
  /** A file in the folder. */
  write(name: string, text: string): string;
  remove(): void;
}

/** A folder of its own, with a sample in it. The environment is English unless told otherwise. */
export function makePlace(sample?: 'clothes' | 'wine', environment: Record<string, string> = {}): Place {
  const folder = mkdtempSync(join(os.tmpdir(), 'epochbook-cli-'));
  if (sample) cpSync(join(samples, sample), folder, { recursive: true });
  const userFolder = mkdtempSync(join(os.tmpdir(), 'epochbook-user-'));
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env;
  const env = { ...inherited, EPOCHBOOK_LOCALE: 'en', EPOCHBOOK_USER_FOLDER: userFolder, ...environment };
  return {
    folder,
    start(args, onLine) {
      return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [entry, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
        let stdout = '';
        let stderr = '';
        let told = 0;
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          const lines = stdout.split('\n').slice(0, -1);
          for (const line of lines.slice(told)) onLine?.(line, child);
          told = lines.length;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.on('error', reject);
        child.on('close', (code) =>
          resolve({
            code,
            stdout,
            stderr,
            json: <T>() =>
              stdout
                .split('\n')
                .filter((line) => line !== '')
                .map((line) => JSON.parse(line) as T),
          }),
        );
      });
    },
    write(name, text) {
      writeFileSync(join(folder, name), text);
      return name;
    },
    remove() {
      for (const path of [folder, userFolder]) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
