import type { comparison as en } from '../en/comparison.ts';

export const comparison: Record<keyof typeof en, string> = {};
