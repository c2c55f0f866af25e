import type { exporting as en } from '../en/export.ts';

export const exporting: Record<keyof typeof en, string> = {};
