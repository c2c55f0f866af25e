import { metricName, spacedName } from '#contract/measured.ts';
import { useMemo } from 'react';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { type Axis, numberAt } from './axes.ts';

export interface AxisWords {
  readonly title: (axis: Pick<Axis, 'kind' | 'name'>) => string;
  /** A number on the axis, with as many digits as its ticks need. */
  readonly number: (axis: Axis, value: number) => string;
  /** What stands at a place of the axis. */
  readonly at: (axis: Axis, place: number) => string;
}

export function useAxisWords(): AxisWords {
  const t = useWords();
  const formats = useFormats();
  return useMemo(() => {
    const number = (_axis: Axis, value: number): string => formats.setting(Number(value.toPrecision(3)));
    return {
      title: ({ kind, name }) => (kind === 'metric' ? metricName(t, name) : spacedName(name)),
      number,
      at(axis, place) {
        if (axis.scale === 'names') return String(axis.names[Math.round(place * (axis.names.length - 1))] ?? '');
        const value = numberAt(axis, place);
        return axis.kind === 'metric' ? formats.measure(value) : number(axis, value);
      },
    };
  }, [t, formats]);
}
