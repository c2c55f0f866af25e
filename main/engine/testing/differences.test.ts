import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GradientChecker, openGradientChecker } from './differences.ts';

let checker: GradientChecker;
beforeAll(async () => {
  checker = await openGradientChecker();
});
afterAll(() => checker.close());

/** A few of those that `npm run campaign -- gradients` draws. */
async function problemsOf(kind: 'operation' | 'model', from: number, count: number): Promise<string[]> {
  const found: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const problem = await checker.check(kind, seed);
    if (problem !== null) found.push(problem);
  }
  return found;
}

describe('drawn gradients are those of the reference and of central differences', () => {
  it('of operations', async () => {
    expect(await problemsOf('operation', 0, 200)).toEqual([]);
  });

  it('of models', async () => {
    expect(await problemsOf('model', 0, 25)).toEqual([]);
  });
});
