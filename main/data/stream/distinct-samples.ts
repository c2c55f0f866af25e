/** Which samples of a file are the same: what `distinct` finds in memory, in one pass by 128 bits of each. */
import { createHash } from 'node:crypto';
import type { DataSpec } from '#contract/spec.ts';
import { type Arrays, sizeOf } from '../arrays.ts';
import { chooseSamples } from '../label-steps.ts';
import { stepOf } from '../steps.ts';
import { storedPart, type StoredSamples } from '../stored-arrays.ts';
import { FirstRows } from './first-rows.ts';
import { storedBlocks } from './shape-stored.ts';

export interface DistinctOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done. */
  readonly onProgress?: (share: number) => void;
}

/** Of the samples that are chosen, the first of equal ones; their places among all, ascending. */
export async function distinctSamples(
  found: Arrays & { readonly stored: StoredSamples },
  spec: DataSpec,
  { signal, onProgress = () => {} }: DistinctOptions = {},
): Promise<Uint32Array> {
  const { arrays, rows } = chooseSamples(found, spec.steps);
  const { targets, targetShape, inputShape, scale, sourceRows } = arrays;
  const [size, targetSize] = [sizeOf(inputShape), sizeOf(targetShape)];
  const facts = { count: rows.length, targets: new Float32Array(0), rows };
  const part = storedPart(facts, found.stored, { size, scale, rows: sourceRows ? rows.map((row) => sourceRows[row]) : rows });
  const isCompared = stepOf(spec, 'distinct')?.step.contrary === 'drop';
  const goals = new Map<string, number>();
  const goalOf = (row: number): number => {
    if (!isCompared) return 0;
    if (targetSize === 1) return targets[row];
    const key = Array.from({ length: targetSize }, (_, place) => targets[row * targetSize + place]).join();
    const known = goals.get(key) ?? goals.size;
    goals.set(key, known);
    return known;
  };
  const first = new FirstRows(rows.length);
  for await (const { values, from } of storedBlocks(part, signal)) {
    const count = values.length / size;
    for (let index = 0; index < count; index += 1) {
      const own = values.subarray(index * size, (index + 1) * size);
      const { buffer, byteOffset } = createHash('sha256').update(own).digest();
      const row = rows[from + index];
      first.add(row, new Uint32Array(buffer.slice(byteOffset, byteOffset + 16)), 0, goalOf(row));
    }
    onProgress((from + count) / rows.length);
  }
  return first.rows();
}
