/** The user's settings, in one JSON file for every shell. */
import { readFileSync } from 'node:fs';
import { settings as schema, type Settings } from '#contract/calls.ts';
import { writeWhole } from '#files/write-whole.ts';

export const defaultSettings: Settings = { theme: 'system', locale: 'en', threads: 0, device: 'cpu', keys: {}, lineNumbers: false };

export interface SettingsFile {
  get(): Settings;
  /** On the disk when it resolves. */
  set(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings>;
}

/** A value that is not understood (an older or newer version's, a slip of the hand) falls back to its default alone. */
function read(file: string): Settings {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { ...defaultSettings };
  }
  const entries = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
  const known = entries.filter(
    ([name, value]) =>
      schema
        .partial()
        .strict()
        .safeParse({ [name]: value }).success,
  );
  return { ...defaultSettings, ...Object.fromEntries(known) };
}

export function openSettings(file: string): SettingsFile {
  let current = read(file);
  return {
    get: () => current,
    async set(change) {
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const next: Settings = { ...current, ...Object.fromEntries(given) };
      await writeWhole(file, new TextEncoder().encode(`${JSON.stringify(next, undefined, 2)}\n`));
      current = next;
      return next;
    },
  };
}
