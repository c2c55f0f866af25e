/** Samples in memory, ready for the engine: what data/ makes and engine/ takes. */

/** One part of a data set. Arrays are dense and row-major. */
export interface Part {
  /** Number of samples. */
  readonly count: number;
  /** `[count, ...inputShape]`; of samples that overlap, what they lie in. */
  readonly inputs: Float32Array;
  /** Of samples that overlap: each is a stretch of `inputs`. */
  readonly windows?: Windows;
  /** `[count, ...targetShape]`; a class is its index. */
  readonly targets: Float32Array;
  /** Row of each sample in the source, from 0. */
  readonly rows: Uint32Array;
  /** How much each sample counts in the loss and in weighted metrics; all the same where it is left out. */
  readonly weights?: Float32Array;
  /** Of samples that do not fit into memory: `inputs` is then empty. */
  readonly stored?: StoredInputs;
}

/** Samples as stretches of values that are there once. */
export interface Windows {
  /** Values a sample. */
  readonly size: number;
  /** Where in the values each sample begins, ascending. */
  readonly starts: Uint32Array;
}

/** Inputs in a file, sample after sample; of samples that overlap, what they lie in. */
export interface StoredInputs {
  /** Absolute. */
  readonly file: string;
  /** Little-endian. */
  readonly type: 'uint8' | 'float32';
  /** Bytes before the first sample. */
  readonly offset: number;
  /** Values a sample. */
  readonly size: number;
  /** What each value is multiplied with. */
  readonly scale: number;
  /** Of each of the part's samples, ascending: which of the file's it is. Default: all, as they lie. */
  readonly places?: Uint32Array;
  /** When it was written last. It must not be written while it is trained on. */
  readonly writtenAtMs: number;
}

/** One thing done to a value of a column: a text or a number, NaN where it is missing. */
export type Transform =
  /** 1 for true, 0 for false. */
  | { readonly op: 'logical' }
  /** Other texts for some. */
  | { readonly op: 'replace'; readonly values: Readonly<Record<string, string>> }
  /** This where the value is missing. */
  | { readonly op: 'impute'; readonly value: number | string }
  | { readonly op: 'clip'; readonly min?: number; readonly max?: number }
  /** ln(plus + x) */
  | { readonly op: 'log'; readonly plus: number }
  /** The number of boundaries at or below the value. */
  | { readonly op: 'bucketize'; readonly boundaries: readonly number[] }
  /** The category's index; −1 for one that is not there. */
  | { readonly op: 'ordinal'; readonly categories: readonly string[] }
  /** (x − offset) / scale */
  | { readonly op: 'scale'; readonly offset: number; readonly scale: number };

/**
 * How a feature of a table is made of its column: first all of `before` in order, then `(value − offset) / scale`, or
 * 1 where the value is `category`, else 0.
 */
export interface Feature {
  readonly column: string;
  readonly before?: readonly Transform[];
  readonly category?: string;
  readonly offset: number;
  readonly scale: number;
}

/** One of several inputs: its values lie in each sample's row, after those of the inputs before it. */
export interface InputPart {
  readonly name: string;
  /** Of one sample, without the batch. */
  readonly shape: readonly number[];
  /** Of an array: what each stored value was multiplied with. */
  readonly scale?: number;
}

/** One of several targets: its values lie in each target's row, after those of the targets before it. */
export interface TargetPart {
  readonly name: string;
  /** `[]` for a class index, `[1]` for a number. */
  readonly shape: readonly number[];
  readonly task: 'classification' | 'regression';
  readonly classes?: readonly string[];
}

/** What is done to the samples of arrays, in this order, after `scale`. */
export type ArrayStep =
  | { readonly op: 'reshape'; readonly shape: readonly number[] }
  /** Height and width, by bilinear interpolation between the pixels' middles. */
  | { readonly op: 'resize'; readonly size: readonly [number, number] }
  /** (x − offset) / scale, by place in the last dimension. */
  | { readonly op: 'normalize'; readonly offset: readonly number[]; readonly scale: readonly number[] };

/** How training samples are changed at random; see the step of the same name. */
export interface Augmentation {
  readonly flip?: 'horizontal' | 'vertical' | 'both';
  readonly shift?: number;
  readonly rotate?: number;
  readonly crop?: number;
  readonly noise?: number;
  readonly cutout?: number;
  readonly mixup?: number;
  readonly seed?: number;
}

/** How rows in order become a sample of the shape `[length, features]`. */
export interface Series {
  readonly length: number;
  /** How many rows after the window's last the first target stands. */
  readonly horizon: number;
  readonly outputs: number;
  readonly time?: string;
  readonly group?: string;
  /** Between neighbours in `time` (seconds for dates): beyond this no window goes on. Runs of before have none. */
  readonly gap?: number;
}

/** How a text becomes numbers: made on the training part. A token's number is its place in `tokens`. */
export interface Tokenizer {
  readonly by: 'characters' | 'words' | 'bytePairs';
  readonly lowercase: boolean;
  /** Padding, what is not known, then the most frequent first. */
  readonly tokens: readonly string[];
  /** Of byte pairs: what is joined, in this order. */
  readonly merges?: readonly (readonly [string, string])[];
}

export interface TextInput extends Tokenizer {
  /** Of a table; a running text has none, and its next token is the target. */
  readonly column?: string;
  readonly length: number;
  readonly padding: 'pre' | 'post';
}

/**
 * How raw values become what a model sees: fitted on the training part, kept with the run, and done alike to what is
 * predicted.
 */
export interface Preparation {
  /** Shape of one sample, without the batch. */
  readonly inputShape: readonly number[];
  /** Shape of one target, without the batch: `[]` for a class index, `[1]` for a number. */
  readonly targetShape: readonly number[];
  readonly task: 'classification' | 'regression';
  /** Class names by index, for classification. */
  readonly classes?: readonly string[];
  /** Where there are several; `inputShape` is then the length of a row. */
  readonly inputs?: readonly InputPart[];
  /** Where there are several; `targetShape` is then the length of a row, and `task` is regression. */
  readonly targets?: readonly TargetPart[];
  /** Of a table, in the order of the inputs. */
  readonly features?: readonly Feature[];
  /** Of arrays and images: what each stored value was multiplied with. */
  readonly scale?: number;
  readonly arraySteps?: readonly ArrayStep[];
  /** Of a table: columns computed before all else. */
  readonly derived?: readonly { readonly column: string; readonly expression: string }[];
  readonly series?: Series;
  readonly text?: TextInput;
}

export interface Dataset extends Preparation {
  /** Of the training part alone. */
  readonly augmentation?: Augmentation;
  readonly train: Part;
  readonly validation?: Part;
  readonly test?: Part;
  /** SHA-256 (hex) over the files' bytes and the data spec. */
  readonly hash: string;
}
