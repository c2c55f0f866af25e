import type { interchange as en } from '../en/interchange.ts';

export const interchange: Record<keyof typeof en, string> = {};
