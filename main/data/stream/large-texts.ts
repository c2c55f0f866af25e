/** A folder of texts that is too large for memory, as a table of which a few files are held at a time. */
import type { Hash } from 'node:crypto';
import type { DataSource } from '#contract/spec.ts';
import { checksum } from '#files/checksum.ts';
import { isMissing, numberIn } from '../columns.ts';
import type { Folders } from '../files.ts';
import { listTexts, readText, type TextFile } from '../text-files.ts';
import { labelColumn, textColumn } from '../text-table.ts';
import { secondsOf } from '../times.ts';
import type { ColumnSurvey, LargeTable } from './large-table.ts';
import { marked } from './stream-columns.ts';

type TextFolder = Extract<DataSource, { format: 'textFolder' }>;

/** Texts that are handed on at once, and their signs. */
const mostAtOnce = 2048;
const signsAtOnce = 1 << 20;

const columnNames = [textColumn, labelColumn];

/** Reads every text once, for the hash and to be counted. Throws what `readTextFolder` throws. */
export async function openLargeTexts(
  source: TextFolder,
  folders: Folders,
  hash: Hash,
  { signal, onBytes }: { readonly signal?: AbortSignal | undefined; readonly onBytes: (bytes: number) => void },
): Promise<LargeTable> {
  const { path, encoding } = source;
  const files = await listTexts(source, folders);
  const surveys = columnNames.map(() => startSurvey());
  for (const { file, label } of files) {
    signal?.throwIfAborted();
    hash.update(file);
    const text = await readText(file, folders, encoding, hash);
    surveys[0].take(text);
    surveys[1].take(label);
    onBytes(text.length);
  }
  const textOf = (file: string) => readText(file, folders, encoding);

  /** All rows, some at a time; texts are read only where they are asked for. */
  async function* blocks(isRead: boolean): AsyncGenerator<{ [Column in 'text' | 'label']: string[] }> {
    let [texts, labels, signs]: [string[], string[], number] = [[], [], 0];
    for (const { file, label } of files) {
      signal?.throwIfAborted();
      const text = isRead ? await textOf(file) : '';
      texts.push(text);
      labels.push(label);
      signs += text.length;
      if (texts.length < mostAtOnce && signs < signsAtOnce) continue;
      yield { text: texts, label: labels };
      [texts, labels, signs] = [[], [], 0];
    }
    if (texts.length > 0) yield { text: texts, label: labels };
  }
  const isText = (name: string) => name === textColumn;
  const rowOf = async ({ file, label }: TextFile) => [await textOf(file), label];

  return {
    path,
    names: columnNames,
    survey: async () => ({ rows: files.length, columns: surveys.map((survey) => survey.result()) }),
    async texts(wanted) {
      const found = new Map(wanted.map((name) => [name, new Set<string>()]));
      for await (const block of blocks(wanted.some(isText)))
        for (const [name, texts] of found) for (const text of block[isText(name) ? 'text' : 'label']) texts.add(text);
      return new Map([...found].map(([name, texts]) => [name, [...texts]]));
    },
    async countsOf(name, texts) {
      const counts = new Map(texts.map((text) => [text, 0]));
      for await (const block of blocks(isText(name)))
        for (const text of block[isText(name) ? 'text' : 'label']) if (counts.has(text)) counts.set(text, counts.get(text)! + 1);
      return counts;
    },
    async pass(wanted, columns, take) {
      const codes = columns.map(({ texts }) => new Map(texts.map((text, code) => [text, code])));
      for await (const block of blocks(wanted.some(({ name }) => isText(name))))
        take(
          block.label.length,
          wanted.map(({ name, as }, place) => {
            const texts = block[isText(name) ? 'text' : 'label'];
            if (as === 'texts') return texts;
            if (as === 'codes') return Uint32Array.from(texts, (text) => codes[place].get(text)!);
            return Float64Array.from(texts, as === 'times' ? secondsOf : marked);
          }),
        );
    },
    firstRows: (count) => Promise.all(files.slice(0, count).map(rowOf)),
    textAt: async (name, row) => (isText(name) ? textOf(files[row].file) : files[row].label),
    close: () => {},
  };
}

function startSurvey() {
  let [missing, numbers, sum, squares, min, max] = [0, 0, 0, 0, Infinity, -Infinity];
  // Told apart by their checksums and lengths.
  const seen = new Set<number>();
  return {
    take(text: string): void {
      const bytes = Buffer.from(text);
      seen.add(checksum(bytes) * 2 ** 20 + (bytes.length % 2 ** 20));
      if (isMissing(text)) missing += 1;
      const number = numberIn(text);
      if (!Number.isFinite(number)) return;
      numbers += 1;
      sum += number;
      squares += number * number;
      min = Math.min(min, number);
      max = Math.max(max, number);
    },
    result(): ColumnSurvey {
      const mean = sum / numbers;
      const deviation = Math.sqrt(Math.max(0, squares / numbers - mean * mean));
      return { missing, numbers, distinct: seen.size, min, max, mean, deviation };
    },
  };
}
