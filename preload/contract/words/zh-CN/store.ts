import type { store as en } from '../en/store.ts';

export const store: Record<keyof typeof en, string> = {};
