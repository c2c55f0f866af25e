/** A share of `npm run campaign -- faults`: every fault once, the data sets in turn. */
import { describe, expect, it } from 'vitest';
import { EpochbookError, toPlainError } from '#contract/errors.ts';
import {
  cleanPictures,
  cleanTable,
  pictureFaults,
  type Planted,
  randomOf,
  realPictures,
  realTables,
  tableFaults,
  truthOfPictures,
  truthOfTable,
} from './testing/faults.ts';
import { makeWorkspace } from './testing/workspace.ts';

const seed = 20;
const tables = realTables();
const pictures = realPictures();

/** Files are nothing that a step of a notebook can mend. */
const withoutMend = ['data.filesIgnored', 'data.picturesSkipped'];
/** What is about files that are no rows. */
const withoutRows = ['data.filesIgnored'];

async function codesOf({ files, source, steps }: Planted): Promise<string[]> {
  const { write, load } = makeWorkspace();
  for (const [name, content] of Object.entries(files)) write(name, content);
  try {
    const { preview } = await load(source, ...steps);
    for (const { code, evidence, rows, column, fix, values } of preview.findings) {
      const found = {
        code,
        hasEvidence: evidence !== '',
        hasRows: (rows?.length ?? 0) > 0 || column !== undefined,
        hasMend: fix !== undefined,
      };
      const isTarget = code === 'data.shifted' && values?.['columns'] === steps.find(({ op }) => op === 'target')?.['column' as 'op'];
      expect(found).toEqual({
        code,
        hasEvidence: true,
        hasRows: !withoutRows.includes(code),
        hasMend: !withoutMend.includes(code) && !isTarget,
      });
    }
    return preview.findings.map(({ code }) => code);
  } catch (error) {
    if (!(error instanceof EpochbookError)) throw error;
    return [toPlainError(error).code];
  }
}

describe('nothing is found where there is nothing', () => {
  it.each(tables)('in $name', async (set) => {
    const codes = await codesOf(cleanTable(set, randomOf(seed)));
    expect(codes.filter((code) => !truthOfTable(set).includes(code))).toEqual([]);
  });
  it.each(pictures)('in pictures of $name', async (set) => {
    const codes = await codesOf(cleanPictures(set, randomOf(seed)));
    expect(codes.filter((code) => !truthOfPictures(set).includes(code))).toEqual([]);
  });
});

describe('what is planted is found', () => {
  it.each(tableFaults.map((fault, index) => ({ ...fault, index })))('$code: $name', async ({ plant, code, index }) => {
    const fits = tables.filter((set) => plant(set, randomOf(seed)) !== undefined);
    const planted = await plant(fits[index % fits.length], randomOf(seed + index));
    expect(await codesOf(planted!)).toContain(code);
  });
  it.each(pictureFaults.map((fault, index) => ({ ...fault, index })))('pictures, $code: $name', async ({ plant, code, index }) => {
    const planted = await plant(pictures[index % pictures.length], randomOf(seed + index));
    expect(await codesOf(planted!)).toContain(code);
  });
});
