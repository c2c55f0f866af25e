import { ChartLine, NotebookText, PanelLeft } from 'lucide-react';
import { Tooltip } from '../components/Tooltip.tsx';
import { useWords } from '../words/use-words.ts';
import { useKeysOf } from './action-store.ts';
import { viewKeys } from './choices.ts';
import { useNavigationStore, type View } from './navigation-store.ts';

const places = [
  { view: 'notebook', icon: NotebookText, keys: viewKeys.notebook },
  { view: 'runs', icon: ChartLine, keys: viewKeys.runs },
] as const satisfies readonly { view: View; icon: unknown; keys: string }[];

export function Rail() {
  const t = useWords();
  const view = useNavigationStore((state) => state.view);
  const toggleSide = useNavigationStore((state) => state.toggleSide);
  const sideKeys = useKeysOf('frame.side');
  const show = useNavigationStore((state) => state.show);
  return (
    <nav className="rail" aria-label={t('frame.views')}>
      {places.map(({ view: place, icon: Icon, keys }) => {
        const current =
          view === place || ((view === 'comparison' || view === 'curves') && place === 'runs') || (view === 'data' && place === 'notebook');
        return (
          <Tooltip key={place} label={t(`frame.view.${place}`)} keys={keys}>
            <button
              type="button"
              aria-label={t(`frame.view.${place}`)}
              aria-current={current ? 'page' : undefined}
              className={current ? 'on' : undefined}
              onClick={() => show(place)}
            >
              <Icon size={19} strokeWidth={1.8} />
            </button>
          </Tooltip>
        );
      })}
      <Tooltip label={t('frame.side')} keys={sideKeys}>
        <button type="button" className="rail-foot" aria-label={t('frame.side')} aria-controls="side" onClick={toggleSide}>
          <PanelLeft size={17} strokeWidth={1.8} />
        </button>
      </Tooltip>
    </nav>
  );
}
