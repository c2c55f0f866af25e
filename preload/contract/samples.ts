/** Samples in memory, ready for the engine: what data/ makes and engine/ takes. */

/** One part of a data set. Arrays are dense and row-major. */
export interface Part {
  /** Number of samples. */
  readonly count: number;
  /** `[count, ...inputShape]` */
  readonly inputs: Float32Array;
  /** `[count, ...targetShape]`; a class is its index. */
  readonly targets: Float32Array;
  /** Row of each sample in the source, from 0. */
  readonly rows: Uint32Array;
}

/** How a feature of a table is made of its column: `(value − offset) / scale`, or 1 where the column says `category`, else 0. */
export interface Feature {
  readonly column: string;
  readonly category?: string;
  readonly offset: number;
  readonly scale: number;
}

export interface Dataset {
  /** Shape of one sample, without the batch. */
  readonly inputShape: readonly number[];
  /** Shape of one target, without the batch: `[]` for a class index, `[1]` for a number. */
  readonly targetShape: readonly number[];
  readonly task: 'classification' | 'regression';
  /** Class names by index, for classification. */
  readonly classes?: readonly string[];
  /** Of a table, in the order of the inputs. */
  readonly features?: readonly Feature[];
  readonly train: Part;
  readonly validation?: Part;
  readonly test?: Part;
  /** SHA-256 (hex) over the files' bytes and the data spec. */
  readonly hash: string;
}
