/** What is kept of each notebook beside its text, in a file of the workspace's `.epochbook`. */
import { promises as disk } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type NotebookView, notebookView } from '#contract/notebook.ts';
import { type KnobValue, knobValue } from '#contract/spec.ts';
import { writeWhole } from '#files/write-whole.ts';

export interface KeptKind<Value> {
  readonly file: string;
  readonly value: z.ZodType<Value>;
  /** As a notebook is of which nothing is kept. */
  readonly isNothing: (value: Value) => boolean;
}

/** What the knobs are set to, by their names, where that is not what the text says. */
export const keptKnobs: KeptKind<Record<string, KnobValue>> = {
  file: 'knobs.json',
  value: z.record(z.string(), knobValue),
  isNothing: (values) => Object.keys(values).length === 0,
};

export const keptView: KeptKind<NotebookView> = {
  file: 'views.json',
  value: notebookView,
  isNothing: ({ folded, collapsed }) => folded.length + collapsed.length === 0,
};

export interface Kept<Value> {
  /** Undefined: nothing. */
  read(path: string): Promise<Value | undefined>;
  keep(path: string, value: Value): Promise<void>;
  /** A notebook, or the folder that it is in, has another name. */
  renamed(from: string, to: string): Promise<void>;
}

/** `folder`: the workspace. */
export function createKept<Value>(folder: () => string, { file, value, isNothing }: KeptKind<Value>): Kept<Value> {
  const whole = z.object({ version: z.literal(1), notebooks: z.record(z.string(), value) });
  const place = () => join(folder(), '.epochbook', file);
  let last: Promise<unknown> = Promise.resolve();

  /** One after another: each writes the whole file. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  }

  async function all(): Promise<Record<string, Value>> {
    try {
      return whole.parse(JSON.parse(await disk.readFile(place(), 'utf8'))).notebooks;
    } catch {
      // Missing, or damaged: then every notebook is as its text says.
      return {};
    }
  }

  async function write(notebooks: Record<string, Value>): Promise<void> {
    const set = Object.fromEntries(Object.entries(notebooks).filter(([, one]) => !isNothing(one)));
    await writeWhole(place(), new TextEncoder().encode(JSON.stringify({ version: 1, notebooks: set })));
  }

  return {
    read: (path) => inTurn(async () => (await all())[path]),
    keep: (path, one) => inTurn(async () => write({ ...(await all()), [path]: one })),
    renamed: (from, to) =>
      inTurn(async () => {
        const known = Object.entries(await all());
        const isHit = (path: string) => path === from || path.startsWith(`${from}/`);
        if (!known.some(([path]) => isHit(path))) return;
        await write(Object.fromEntries(known.map(([path, one]) => [isHit(path) ? to + path.slice(from.length) : path, one])));
      }),
  };
}
