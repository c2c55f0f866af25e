/** The words of the screen, both languages. ICU message syntax; the key says where a message belongs. */
import { measure as measureEn } from '#contract/words/en/measure.ts';
import { format, type Locale, type MessageValues } from '#contract/words/message.ts';
import { measure as measureZh } from '#contract/words/zh-CN/measure.ts';
import { charts as chartsEn } from './en/charts.ts';
import { comparison as comparisonEn } from './en/comparison.ts';
import { curves as curvesEn } from './en/curves.ts';
import { data as dataEn } from './en/data.ts';
import { exporting as exportingEn } from './en/export.ts';
import { frame as frameEn } from './en/frame.ts';
import { engine as engineEn } from './en/engine.ts';
import { goingOn as goingOnEn } from './en/going-on.ts';
import { modelUse as modelUseEn } from './en/model-use.ts';
import { notebook as notebookEn } from './en/notebook.ts';
import { observed as observedEn } from './en/observed.ts';
import { runs as runsEn } from './en/runs.ts';
import { storage as storageEn } from './en/storage.ts';
import { sweep as sweepEn } from './en/sweep.ts';
import { table as tableEn } from './en/table.ts';
import { tabs as tabsEn } from './en/tabs.ts';
import { tidy as tidyEn } from './en/tidy.ts';
import { transfer as transferEn } from './en/transfer.ts';
import { workspace as workspaceEn } from './en/workspace.ts';
import { charts as chartsZh } from './zh-CN/charts.ts';
import { comparison as comparisonZh } from './zh-CN/comparison.ts';
import { curves as curvesZh } from './zh-CN/curves.ts';
import { data as dataZh } from './zh-CN/data.ts';
import { exporting as exportingZh } from './zh-CN/export.ts';
import { frame as frameZh } from './zh-CN/frame.ts';
import { engine as engineZh } from './zh-CN/engine.ts';
import { goingOn as goingOnZh } from './zh-CN/going-on.ts';
import { modelUse as modelUseZh } from './zh-CN/model-use.ts';
import { notebook as notebookZh } from './zh-CN/notebook.ts';
import { observed as observedZh } from './zh-CN/observed.ts';
import { runs as runsZh } from './zh-CN/runs.ts';
import { storage as storageZh } from './zh-CN/storage.ts';
import { sweep as sweepZh } from './zh-CN/sweep.ts';
import { table as tableZh } from './zh-CN/table.ts';
import { tabs as tabsZh } from './zh-CN/tabs.ts';
import { tidy as tidyZh } from './zh-CN/tidy.ts';
import { transfer as transferZh } from './zh-CN/transfer.ts';
import { workspace as workspaceZh } from './zh-CN/workspace.ts';

const en = {
  ...measureEn,
  ...frameEn,
  ...tabsEn,
  ...workspaceEn,
  ...notebookEn,
  ...modelUseEn,
  ...dataEn,
  ...runsEn,
  ...observedEn,
  ...comparisonEn,
  ...exportingEn,
  ...goingOnEn,
  ...engineEn,
  ...chartsEn,
  ...curvesEn,
  ...sweepEn,
  ...tableEn,
  ...tidyEn,
  ...transferEn,
  ...storageEn,
} as const;
export type WordKey = keyof typeof en;

export const catalogues: Record<Locale, Record<WordKey, string>> = {
  en,
  'zh-CN': {
    ...measureZh,
    ...frameZh,
    ...tabsZh,
    ...workspaceZh,
    ...notebookZh,
    ...modelUseZh,
    ...dataZh,
    ...runsZh,
    ...observedZh,
    ...comparisonZh,
    ...exportingZh,
    ...goingOnZh,
    ...engineZh,
    ...chartsZh,
    ...curvesZh,
    ...sweepZh,
    ...tableZh,
    ...tidyZh,
    ...transferZh,
    ...storageZh,
  },
};

export function words(locale: Locale, key: WordKey, values: MessageValues = {}): string {
  return format(locale, catalogues[locale][key], values);
}
