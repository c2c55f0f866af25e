/** Reads what a data spec names into samples, and into what a person is shown of them. */
import { createHash } from 'node:crypto';
import type { Column, DataPreview } from '#contract/notebook.ts';
import type { Dataset } from '#contract/samples.ts';
import type { DataSpec } from '#contract/spec.ts';
import { parseCsv } from './csv.ts';
import { type Folders, readDataFile } from './files.ts';
import { countClasses, findFaults } from './findings.ts';
import { prepareImages } from './images.ts';
import { prepareTable } from './table.ts';

export interface LoadedData {
  readonly dataset: Dataset;
  readonly preview: DataPreview;
}

/**
 * Loads a data set. Throws `data.*` errors, with `at` pointing into the spec (`/data/…`) and `where` naming the data
 * file's line and column where there is one; `signal` ends it between two files.
 */
export async function loadDataset(spec: DataSpec, folders: Folders, { signal }: { signal?: AbortSignal } = {}): Promise<LoadedData> {
  const hash = createHash('sha256').update(JSON.stringify(spec));
  const { source } = spec;
  signal?.throwIfAborted();
  if (source.format === 'idx') {
    const { dataset, images } = await prepareImages(source, spec, folders, hash);
    signal?.throwIfAborted();
    return finish(dataset, hash.digest('hex'), [], images && { images });
  }
  const at = '/data/source/path';
  const file = await readDataFile(source.path, folders, at, hash);
  signal?.throwIfAborted();
  const { dataset, columns, rows, totalRows } = prepareTable(parseCsv(file, source, at), spec);
  return finish(dataset, hash.digest('hex'), columns, { table: { columns, rows, totalRows } });
}

function finish(
  dataset: Omit<Dataset, 'hash'>,
  hash: string,
  columns: Column[],
  shown: Pick<DataPreview, 'table' | 'images'> | undefined,
): LoadedData {
  return {
    dataset: { ...dataset, hash },
    preview: {
      samples: { train: dataset.train.count, validation: dataset.validation?.count ?? 0, test: dataset.test?.count ?? 0 },
      inputShape: [...dataset.inputShape],
      task: dataset.task,
      ...(dataset.classes && { classes: countClasses(dataset) }),
      hash,
      findings: findFaults(dataset, columns),
      ...shown,
    },
  };
}
