import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainDiskError } from './disk-error.ts';
import { writeWhole } from './write-whole.ts';

let folder: string;
const bytes = (text: string) => new TextEncoder().encode(text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epochbook-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file written whole', () => {
  it('takes the old one’s place, in a folder made for it', async () => {
    const file = join(folder, 'deep/er/file');
    await writeWhole(file, bytes('one'));
    await writeWhole(file, bytes('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['file']);
  });

  it('leaves the old one and nothing beside it where it fails', async () => {
    writeFileSync(join(folder, 'file'), 'old');
    await expect(writeWhole(join(folder, 'file/below'), bytes('new'))).rejects.toMatchObject({
      code: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('says so where the disk may not be written', async () => {
    await expect(writeWhole('/sys/epochbook', bytes('new'))).rejects.toMatchObject({
      code: 'store.readOnly',
      values: { path: '/sys/epochbook' },
    });
  });

  it('says so where the disk is full', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    expect(explainDiskError(full, '/a')).toMatchObject({ code: 'store.diskFull', values: { path: '/a' }, cause: full });
    const other = new Error('other');
    expect(explainDiskError(other, '/a')).toBe(other);
  });
});
