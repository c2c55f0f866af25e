/** Plants every fault in every real table and set of pictures: all must be found, and nothing in what is clean. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toPlainError } from '#contract/errors.ts';
import { loadDataset } from '#data/load.ts';
import {
  cleanPictures,
  cleanTable,
  type Fault,
  pictureFaults,
  type Planted,
  randomOf,
  realPictures,
  realTables,
  tableFaults,
  truthOfPictures,
  truthOfTable,
} from '#data/testing/faults.ts';
import type { Campaign } from './campaign.ts';

async function codesOf({ files, source, steps }: Planted): Promise<string[]> {
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'epochbook-faults-')));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(workspace, name)), { recursive: true });
      writeFileSync(join(workspace, name), content);
    }
    const { preview } = await loadDataset({ source, steps: [...steps] }, { notebook: workspace, workspace });
    return preview.findings.map(({ code }) => code);
  } catch (error) {
    return [toPlainError(error).code];
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** That each set must have planted. */
const wantedKinds = 12;

async function tryAll<DataSet extends { readonly name: string }>(
  sets: readonly DataSet[],
  faults: readonly Fault<DataSet>[],
  clean: (set: DataSet, random: ReturnType<typeof randomOf>) => Planted,
  truthOf: (set: DataSet) => readonly string[],
  seed: number,
): Promise<{ planted: number; leastKinds: number; wrong: string[] }> {
  const wrong: string[] = [];
  let planted = 0;
  let leastKinds = Infinity;
  for (const [place, set] of sets.entries()) {
    const truth = truthOf(set);
    const alarms = (await codesOf(clean(set, randomOf(seed * 100 + place)))).filter((code) => !truth.includes(code));
    const kinds = new Set<string>();
    if (alarms.length > 0) wrong.push(`${set.name} is clean, but: ${alarms.join(', ')}`);
    for (const [index, { plant, code, name }] of faults.entries()) {
      const made = await plant(set, randomOf(seed * 10_000 + place * 100 + index));
      if (!made) continue;
      planted += 1;
      kinds.add(code);
      const codes = await codesOf(made);
      if (!codes.includes(code)) wrong.push(`${set.name}, ${name}: ${code} was not found (${codes.join(', ')})`);
    }
    if (kinds.size < wantedKinds) wrong.push(`${set.name} has only ${kinds.size} kinds of fault`);
    leastKinds = Math.min(leastKinds, kinds.size);
  }
  return { planted, leastKinds, wrong };
}

export const faults: Campaign = {
  usual: 20,
  async run(seed) {
    const started = performance.now();
    const tables = await tryAll(realTables(), tableFaults, cleanTable, truthOfTable, seed);
    const pictures = await tryAll(realPictures(), pictureFaults, cleanPictures, truthOfPictures, seed);
    const wrong = [...tables.wrong, ...pictures.wrong];
    const planted = tables.planted + pictures.planted;
    return {
      good: wrong.length === 0,
      told:
        wrong.length === 0
          ? `${planted} faults found, at least ${tables.leastKinds} kinds in each table and ${pictures.leastKinds} in each set of pictures; 10 clean sets without one`
          : wrong.join('; '),
      measured: Math.round(performance.now() - started),
    };
  },
};
