/** How wide the table's columns are: a person's own widths, or what the texts in them need. */
import { useMemo } from 'react';
import type { GroupShows, ShownColumn } from '#contract/run-views.ts';
import type { RunSummary } from '#contract/runs.ts';
import type { Column } from './columns.ts';
import { groupValue } from './group-text.ts';
import type { Group, Line } from './grouping.ts';
import { boldColumnWidth, columnWidth } from './widths.ts';

/** Runs and groups that are looked at: with 10,000 of them, writing every text out would be felt. */
const [runSample, groupSample] = [400, 100];

function sampleOf<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(items.length, most) }, (_, index) => items[Math.floor(index * step)]);
}

interface Shown {
  readonly columns: readonly (Column & ShownColumn)[];
  readonly layout: readonly ShownColumn[];
  /** In any order: sorting finds no new widths. */
  readonly runs: readonly RunSummary[];
  readonly groups: ReadonlyMap<string, Extract<Line, { type: 'group' }>>;
  readonly groupShows: GroupShows;
  readonly groupText: (group: Group) => string;
}

interface ColumnWidths {
  /** Of the rows' grid. */
  readonly template: string;
  /** By column, in pixels. */
  readonly widths: ReadonlyMap<string, number>;
  /** Of columns that are pinned: from the left edge. */
  readonly lefts: ReadonlyMap<string, number>;
}

export function useColumnWidths({ columns, layout, runs, groups, groupShows, groupText }: Shown): ColumnWidths {
  const sampled = useMemo(() => sampleOf(runs, runSample), [runs]);
  const ofRuns = useMemo(() => {
    const tags = () =>
      Math.min(260, Math.max(60, ...sampled.map((run) => run.tags.reduce((width, tag) => width + columnWidth([tag], 0) + 4, 16))));
    return new Map(
      columns.map((column) => {
        // A little more, for the arrow of its order.
        const texts = () => [`${column.title} ↓`, ...sampled.map((run) => column.text(run))];
        return [column.id, column.width ?? (column.id === 'tags' ? tags() : columnWidth(texts()))];
      }),
    );
  }, [columns, sampled]);

  return useMemo(() => {
    const grouped = sampleOf([...groups.values()], groupSample).map(({ group }) => group);
    const ofGroups = (column: Column) => boldColumnWidth(grouped.map((group) => groupValue(column, group, groupShows)));
    const widths = new Map(
      columns.map((column) => {
        const own = ofRuns.get(column.id)!;
        return [column.id, column.width !== undefined || column.id === 'tags' ? own : Math.max(own, ofGroups(column))];
      }),
    );
    const wanted = layout.find(({ id }) => id === 'name')?.width;
    const name =
      wanted ?? columnWidth([...sampled.map((run) => run.name), ...grouped.map((group) => `${groupText(group)} · 1000`)], 110, 320) + 20;
    const lefts = new Map<string, number>();
    let left = 30 + name;
    for (const { id, pinned } of columns) {
      if (!pinned) continue;
      lefts.set(id, left);
      left += widths.get(id) ?? 0;
    }
    const template = `30px ${wanted === undefined ? `minmax(${name}px, 1fr)` : `${wanted}px`} ${columns.map(({ id }) => `${widths.get(id)}px`).join(' ')}`;
    return { template, widths: widths.set('name', name), lefts };
  }, [columns, layout, ofRuns, sampled, groups, groupShows, groupText]);
}
