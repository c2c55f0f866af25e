/** Workspaces that were worked in, in one JSON file for every shell. Losing it costs nothing but comfort. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { place, type Place } from '#contract/calls.ts';
import { writeWhole } from '#files/write-whole.ts';

const kept = 12;

export interface Places {
  /** Those whose folder is there, the latest first. */
  list(): Place[];
  remember(place: Place): Promise<void>;
}

export function openPlaces(file: string): Places {
  let writing: Promise<void> = Promise.resolve();

  function read(): Place[] {
    try {
      return z.array(place).parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return [];
    }
  }

  return {
    list: () => read().filter(({ folder }) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true),
    remember(now) {
      // One after another, each reading what the one before wrote: another window may write it, too.
      writing = writing
        .catch(() => undefined)
        .then(async () => {
          const places = [now, ...read().filter(({ folder }) => folder !== now.folder)].slice(0, kept);
          await writeWhole(file, new TextEncoder().encode(`${JSON.stringify(places, undefined, 2)}\n`));
        });
      return writing;
    },
  };
}
