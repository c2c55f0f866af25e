import { runs } from './0001-runs.ts';
import { timeBudget } from './0002-time-budget.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [runs, timeBudget];
