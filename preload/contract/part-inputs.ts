/** Where a sample's inputs lie among those of its part. */
import type { Part } from './samples.ts';

/** Values a sample. */
export const inputSizeOf = ({ stored, windows, inputs, count }: Pick<Part, 'stored' | 'windows' | 'inputs' | 'count'>): number =>
  stored?.size ?? windows?.size ?? inputs.length / count;

/** The place of a sample's first value among the part's, in memory or in a file. */
export const inputStartOf = ({ windows }: Pick<Part, 'windows'>, index: number, size: number): number =>
  windows ? windows.starts[index] : index * size;
