/** Files of every format that something has happened to, 272 a trial: read rightly, or refused with a reason and a place, in time. */
import { rmSync } from 'node:fs';
import { accidents, drawsFor, soundFiles, strike } from '#data/testing/malformed.ts';
import { makeWorkspace } from '#data/testing/workspace.ts';
import type { Campaign } from './campaign.ts';

/** A file that takes longer hangs. */
const longestMs = 10_000;

const workspace = makeWorkspace();
let sound: ReturnType<typeof soundFiles> | undefined;

export const malformed: Campaign = {
  usual: 37,
  async run(seed) {
    const kinds = await (sound ??= soundFiles(workspace));
    const problems: string[] = [];
    let [files, slowestMs] = [0, 0];
    for (const kind of Object.keys(kinds))
      for (const accident of Object.keys(accidents)) {
        const tryIt = async () => {
          const began = performance.now();
          const found = await strike(workspace, kinds, kind, accident, drawsFor(kind, accident, seed));
          return { problem: found, tookMs: performance.now() - began };
        };
        let { problem, tookMs } = await tryIt();
        // The machine may have had something else to do: what hangs does so again.
        if (tookMs > longestMs) ({ problem, tookMs } = await tryIt());
        files += 1;
        slowestMs = Math.max(slowestMs, tookMs);
        if (problem !== undefined) problems.push(problem);
        if (tookMs > longestMs) problems.push(`${kind}, ${accident}: took ${Math.round(tookMs)} ms`);
      }
    const told = [`${files} files, ${problems.length} problems, the slowest ${Math.round(slowestMs)} ms`, ...problems].join('\n  ');
    return { good: problems.length === 0, told, measured: Math.round(slowestMs) };
  },
  close: async () => rmSync(workspace.folders.workspace, { recursive: true, force: true }),
};
