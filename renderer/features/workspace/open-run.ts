import type { RunId } from '#contract/ids.ts';
import { useNavigationStore } from '../../app/navigation-store.ts';
import { useRunsStore } from '../runs/runs-store.ts';
import { chooseOnly } from '../runs/selection.ts';

/** Shows one run among all. */
export function openRun(id: RunId): void {
  const { select, showBin, showsBin, search } = useRunsStore.getState();
  if (showsBin) showBin(false);
  search('');
  select(chooseOnly(id));
  useNavigationStore.getState().show('runs');
}
