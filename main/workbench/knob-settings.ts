/** What the knobs of each notebook are set to where that is not what its text says: `.epochbook/knobs.json`. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type KnobValue, knobValue } from '#contract/spec.ts';
import { writeWhole } from '#files/write-whole.ts';

type Values = Record<string, KnobValue>;

const settingsFile = z.object({ version: z.literal(1), notebooks: z.record(z.string(), z.record(z.string(), knobValue)) });

export interface KnobSettings {
  /** By the knobs' names. */
  read(path: string): Promise<Values>;
  keep(path: string, values: Values): Promise<void>;
  /** A notebook, or the folder that it is in, has another name. */
  renamed(from: string, to: string): Promise<void>;
}

/** `folder`: the workspace. */
export function createKnobSettings(folder: () => string): KnobSettings {
  let last: Promise<unknown> = Promise.resolve();

  /** One after another: each writes the whole file. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  }

  async function all(): Promise<Record<string, Values>> {
    try {
      return settingsFile.parse(JSON.parse(await disk.readFile(join(folder(), '.epochbook', 'knobs.json'), 'utf8'))).notebooks;
    } catch {
      // Missing, or damaged: then the knobs stand where the texts say.
      return {};
    }
  }

  async function write(notebooks: Record<string, Values>): Promise<void> {
    const set = Object.fromEntries(Object.entries(notebooks).filter(([, values]) => Object.keys(values).length > 0));
    await writeWhole(join(folder(), '.epochbook', 'knobs.json'), new TextEncoder().encode(JSON.stringify({ version: 1, notebooks: set })));
  }

  return {
    read: (path) => inTurn(async () => (await all())[path] ?? {}),
    keep: (path, values) => inTurn(async () => write({ ...(await all()), [path]: values })),
    renamed: (from, to) =>
      inTurn(async () => {
        const known = Object.entries(await all());
        const isHit = (path: string) => path === from || path.startsWith(`${from}/`);
        if (!known.some(([path]) => isHit(path))) return;
        await write(Object.fromEntries(known.map(([path, values]) => [isHit(path) ? to + path.slice(from.length) : path, values])));
      }),
  };
}
