import { runs } from './0001-runs.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [runs];
