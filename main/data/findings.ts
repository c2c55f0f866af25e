/** What is certainly odd in a data set: said before an epoch is spent on it. */
import type { Column, Finding } from '#contract/notebook.ts';
import type { Dataset } from '#contract/samples.ts';
import { message, type MessageKey, type MessageValues } from '#contract/words/message.ts';

/** A class this many times larger than another makes accuracy a poor guide. */
const unbalancedFrom = 10;

function finding(code: MessageKey, values: MessageValues, evidence: string): Finding {
  return { code, message: message('en', code, values), values, evidence };
}

/** Samples of each class over all parts. */
export function countClasses(dataset: Omit<Dataset, 'hash'>): { name: string; count: number }[] {
  if (!dataset.classes) return [];
  const counts = dataset.classes.map((name) => ({ name, count: 0 }));
  for (const part of [dataset.train, dataset.validation, dataset.test]) for (const target of part?.targets ?? []) counts[target].count += 1;
  return counts;
}

export function findFaults(dataset: Omit<Dataset, 'hash'>, columns: readonly Column[] = [], ignored: readonly string[] = []): Finding[] {
  const found: Finding[] = [];
  if (ignored.length > 0)
    found.push(finding('data.filesIgnored', { count: ignored.length, file: ignored[0] }, ignored.slice(0, 10).join(', ')));
  for (const { name, role, distinct, missing, min } of columns) {
    if (role === 'feature' && distinct === 1 && missing === 0)
      found.push(finding('data.constantColumn', { column: name }, `${name} = ${min ?? ''}`.trim()));
  }
  const classes = countClasses(dataset);
  if (classes.length > 1) {
    const sorted = classes.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
    const [least, most] = [sorted[0], sorted.at(-1)];
    if (least && most && most.count >= least.count * unbalancedFrom) {
      const values = { large: most.name, largeCount: most.count, small: least.name, smallCount: least.count };
      found.push(finding('data.unbalanced', values, `${most.name}: ${most.count}, ${least.name}: ${least.count}`));
    }
    const trained = new Set(dataset.train.targets);
    const unseen = classes.filter(({ count }, index) => count > 0 && !trained.has(index)).map(({ name }) => name);
    if (unseen.length > 0)
      found.push(finding('data.classNotTrained', { classes: unseen.join(', '), count: unseen.length }, unseen.join(', ')));
  }
  return found;
}
