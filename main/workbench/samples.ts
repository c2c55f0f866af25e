/** Samples that come with the app: copied into the workspace, where they are the user's own. */
import { existsSync, promises as disk } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sample } from '#contract/calls.ts';
import { EpochbookError } from '#contract/errors.ts';
import { type Locale, locales } from '#contract/words/message.ts';
import { writeWhole } from '#files/write-whole.ts';
import { fileInWorkspace } from './paths.ts';

const text = z.record(z.enum(locales), z.string());

const manifest = z.array(
  z.object({
    id: z.string(),
    shows: text,
    title: text,
    description: text,
    licence: z.string(),
    /** In the samples folder, and in the workspace. */
    folder: z.string(),
    notebook: z.string(),
    /** What to copy with the notebook: data and licence. */
    files: z.array(z.string()),
  }),
);

type Entry = z.infer<typeof manifest>[number];

async function readManifest(folder: string): Promise<Entry[]> {
  return manifest.parse(JSON.parse(await disk.readFile(join(folder, 'samples.json'), 'utf8')));
}

export async function listSamples(samplesFolder: string, locale: Locale): Promise<Sample[]> {
  const entries = await readManifest(samplesFolder);
  return entries.map(({ id, shows, title, description, licence }) => ({
    id,
    shows: shows[locale],
    title: title[locale],
    description: description[locale],
    licence,
  }));
}

async function entryOf(samplesFolder: string, id: string): Promise<Entry> {
  const entries = await readManifest(samplesFolder);
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) throw new EpochbookError('samples.unknown', { id, known: entries.map((known) => known.id).join(', ') });
  return entry;
}

async function copyMissing(samplesFolder: string, { folder }: Entry, names: readonly string[], workspace: string): Promise<void> {
  for (const name of names) {
    const target = fileInWorkspace(workspace, `${folder}/${name}`);
    if (existsSync(target)) continue;
    await writeWhole(target, await disk.readFile(join(samplesFolder, folder, name)));
  }
}

/** Copies what is missing into `FOLDER/` of the workspace; a file that is there stays as it is. Gives the notebook's path. */
export async function copySample(samplesFolder: string, id: string, workspace: string): Promise<string> {
  const entry = await entryOf(samplesFolder, id);
  // The notebook last: once it is there, its data is too.
  await copyMissing(samplesFolder, entry, [...entry.files, entry.notebook], workspace);
  return `${entry.folder}/${entry.notebook}`;
}

/** A sample as the beginning of a notebook of the user's own: its data copied, its text, and the folder that both belong in. */
export async function copyTemplate(samplesFolder: string, id: string, workspace: string): Promise<{ folder: string; text: string }> {
  const entry = await entryOf(samplesFolder, id);
  await copyMissing(samplesFolder, entry, entry.files, workspace);
  return { folder: entry.folder, text: await disk.readFile(join(samplesFolder, entry.folder, entry.notebook), 'utf8') };
}
