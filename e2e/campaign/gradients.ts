/** Drawn gradients against the reference and against central differences in double precision: 50 operations and 50 models a trial. */
import { type GradientChecker, openGradientChecker } from '#engine/testing/differences.ts';
import type { Campaign } from './campaign.ts';

const casesOfKind = 50;
let checker: Promise<GradientChecker> | undefined;

export const gradients: Campaign = {
  usual: 60,
  async run(seed) {
    const opened = await (checker ??= openGradientChecker());
    const problems: string[] = [];
    for (const kind of ['operation', 'model'] as const) {
      for (let drawn = seed * casesOfKind; drawn < (seed + 1) * casesOfKind; drawn++) {
        const problem = await opened.check(kind, drawn).catch((error: unknown) => `${kind} ${drawn}: ${String(error)}`);
        if (problem !== null) problems.push(problem);
      }
    }
    const told = [`${problems.length} mismatches in ${2 * casesOfKind} cases`, ...problems].join('\n  ');
    return { good: problems.length === 0, told, measured: problems.length };
  },
  close: async () => (await checker)?.close(),
};
