import { runs } from './0001-runs.ts';
import { timeBudget } from './0002-time-budget.ts';
import { imports } from './0003-imports.ts';
import { runCell } from './0004-run-cell.ts';
import { lineage } from './0005-lineage.ts';
import { runViews } from './0006-run-views.ts';
import { keepingOrder } from './0007-keeping-order.ts';
import { observations } from './0008-observations.ts';
import { packedCurves } from './0009-packed-curves.ts';
import { moreTools } from './0010-more-tools.ts';
import { sweeps } from './0011-sweeps.ts';
import { importedKeys } from './0012-imported-keys.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  runs,
  timeBudget,
  imports,
  runCell,
  lineage,
  runViews,
  keepingOrder,
  observations,
  packedCurves,
  moreTools,
  sweeps,
  importedKeys,
];
