import type { notebook as en } from '../en/notebook.ts';

export const notebook: Record<keyof typeof en, string> = {};
