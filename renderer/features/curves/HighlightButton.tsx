import '../comparison/comparison.css';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { useCurvesStore } from './curves-store.ts';

interface Props {
  /** A run's, or a group's name. */
  readonly id: string;
  readonly name: string;
  readonly color: number;
}

/** A run by its name; choosing it makes it stand out in every curve, table and plot, choosing it again lets go of it. */
export function HighlightButton({ id, name, color }: Props) {
  const isPressed = useCurvesStore((state) => state.highlighted === id);
  const highlight = useCurvesStore((state) => state.highlight);
  return (
    <button type="button" className="legend-run" aria-pressed={isPressed} onClick={() => highlight(id)}>
      <RunMark color={color} />
      {name}
    </button>
  );
}
