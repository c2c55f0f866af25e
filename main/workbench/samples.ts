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
  return entries.map(({ id, title, description, licence }) => ({ id, title: title[locale], description: description[locale], licence }));
}

/** Copies what is missing into `FOLDER/` of the workspace; a file that is there stays as it is. Gives the notebook's path. */
export async function copySample(samplesFolder: string, id: string, workspace: string): Promise<string> {
  const entries = await readManifest(samplesFolder);
  const entry = entries.find((candidate) => candidate.id === id);
  if (!entry) throw new EpochbookError('samples.unknown', { id, known: entries.map((known) => known.id).join(', ') });
  // The notebook last: once it is there, its data is too.
  for (const name of [...entry.files, entry.notebook]) {
    const target = fileInWorkspace(workspace, `${entry.folder}/${name}`);
    if (existsSync(target)) continue;
    await writeWhole(target, await disk.readFile(join(samplesFolder, entry.folder, name)));
  }
  return `${entry.folder}/${entry.notebook}`;
}
