/** Rows in their series and the windows over them, as they are shown: held in memory, or in a file. */
import { numberIn, type TypedColumn } from './columns.ts';
import type { TextTable } from './csv.ts';
import type { Parts } from './split.ts';
import type { PlacedWindows, RowOrder, WindowStep } from './windows.ts';

export interface PlacedSeries {
  /** Rows of all series. */
  readonly count: number;
  readonly parts: Parts;
  readonly step: WindowStep;
  readonly windows: PlacedWindows;
  readonly order: RowOrder;
  /** Whether times are seconds of dates. */
  readonly isDate: boolean;
  /** Columns of numbers, the target first. */
  readonly columns: readonly { readonly name: string; readonly role: 'target' | 'feature' }[];
  /** Of a row, its place in the source. */
  readonly sourceRowOf: (row: number) => number;
  /**
   * Gives what the first `most` columns say, each row once: the values of some rows from `first` on, NaN where there is
   * none. `onProgress` hears the share that is done.
   */
  readonly eachRows: (
    most: number,
    take: (first: number, values: readonly Float64Array[]) => void,
    onProgress: (share: number) => void,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

type Facts = Pick<PlacedSeries, 'parts' | 'step' | 'windows' | 'order'> & {
  readonly typed: readonly TypedColumn[];
  readonly target: TypedColumn;
  readonly chosen: readonly TypedColumn[];
};

/** The columns that are drawn, and whether times are dates. */
export function drawnOf({ step, typed, target, chosen }: Pick<Facts, 'step' | 'typed' | 'target' | 'chosen'>) {
  const drawn = [target, ...chosen.filter((column) => column !== target)].filter(({ type }) => type === 'number');
  return {
    drawn,
    columns: drawn.map((column) => ({ name: column.name, role: column === target ? ('target' as const) : ('feature' as const) })),
    isDate: step.time !== undefined && typed.find(({ name }) => name === step.time)?.type === 'text',
  };
}

/** Of a table in memory. */
export function placedInMemory(table: TextTable, { typed, target, chosen, ...facts }: Facts): PlacedSeries {
  const { drawn, ...shown } = drawnOf({ step: facts.step, typed, target, chosen });
  return {
    ...facts,
    ...shown,
    count: table.lines.length,
    sourceRowOf: (row) => table.rows[row],
    async eachRows(most, take) {
      take(
        0,
        drawn.slice(0, most).map(({ index }) => Float64Array.from(table.columns[index], numberIn)),
      );
    },
    close: async () => {},
  };
}
