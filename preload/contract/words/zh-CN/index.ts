import { app } from './app.ts';
import { cli } from './cli.ts';
import { data } from './data.ts';
import { diagnosis } from './diagnosis.ts';
import { engine } from './engine.ts';
import { interchange } from './interchange.ts';
import { measure } from './measure.ts';
import { notebook } from './notebook.ts';
import { prediction } from './prediction.ts';
import { report } from './report.ts';
import { store } from './store.ts';
import { sweep } from './sweep.ts';
import { training } from './training.ts';

import type { en } from '../en/index.ts';

export const zhCN: Record<keyof typeof en, string> = {
  ...app,
  ...cli,
  ...data,
  ...diagnosis,
  ...engine,
  ...interchange,
  ...measure,
  ...notebook,
  ...prediction,
  ...report,
  ...store,
  ...sweep,
  ...training,
};
