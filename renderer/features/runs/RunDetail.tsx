import { useState } from 'react';
import { Crosshair, Download, Pencil, Square, Trash2 } from 'lucide-react';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { RunMark } from '../../components/charts/RunMark.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import type { WordKey } from '../../words/catalogue.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { CurvesPanel } from '../curves/CurvesPanel.tsx';
import { openExport } from '../export/export-store.ts';
import { openModelUse } from '../model-use/model-use-store.ts';
import { GoOnActions } from '../going-on/GoOnActions.tsx';
import { OriginLine } from '../going-on/OriginLine.tsx';
import { useTrainingStore } from '../notebook/training-store.ts';
import { ConfusionPanel } from '../observed/ConfusionPanel.tsx';
import { LayersPanel } from '../observed/LayersPanel.tsx';
import { PaceBar } from '../observed/PaceBar.tsx';
import { RateSearchCard } from '../observed/RateSearchCard.tsx';
import { useObservations } from '../observed/use-observations.ts';
import { EpochTable } from './EpochTable.tsx';
import { NameField } from './NameField.tsx';
import { RunDiagnosis } from '../diagnosis/RunDiagnosis.tsx';
import { RunFacts } from './RunFacts.tsx';
import { RunSettings } from './RunSettings.tsx';
import { RunSource } from './RunSource.tsx';
import { stateTone, stateWord } from './run-words.ts';
import { useRunsStore } from './runs-store.ts';
import { useRunDetail } from './use-run-detail.ts';

const allTabs = ['curves', 'epochs', 'confusion', 'inside', 'settings', 'source'] as const;
type Tab = (typeof allTabs)[number];
const tabWords: Record<Tab, WordKey> = {
  curves: 'runs.tabCurves',
  epochs: 'runs.tabEpochs',
  confusion: 'observed.tabConfusion',
  inside: 'observed.tabInside',
  settings: 'runs.tabSettings',
  source: 'runs.tabSource',
};

/** All that is known of one run. */
export function RunDetail({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const [chosen, setTab] = useState<Tab>('curves');
  const [renaming, setRenaming] = useState(false);
  const update = useRunsStore((state) => state.update);
  const remove = useRunsStore((state) => state.remove);
  const restore = useRunsStore((state) => state.restore);
  const { detail, rows, error } = useRunDetail(run);
  const { observations, error: observationsError } = useObservations([run.id]);
  const seen = observations[run.id];
  const stop = useTrainingStore((state) => state.stop);
  const inBin = run.deletedAt !== undefined;
  // What another tool logged has values and params alone.
  const tabs: readonly Tab[] = run.imported ? allTabs.slice(0, 2) : allTabs;
  const tab = tabs.includes(chosen) ? chosen : 'curves';

  return (
    <section className="run-detail" aria-label={run.name}>
      <header className="run-detail-head">
        <RunMark color={run.color} />
        {renaming ? (
          <NameField
            name={run.name}
            onDone={(name) => {
              setRenaming(false);
              if (name !== undefined) void update({ runId: run.id, name });
            }}
          />
        ) : (
          <h2 className="clip">{run.name}</h2>
        )}
        <span className={`run-state state-${stateTone(run)}`}>{stateWord(t, run)}</span>
        <span className="quiet-text clip">
          {t('runs.from', { notebook: run.imported?.path ?? run.notebook, moment: formats.moment(run.startedAt) })}
        </span>
        <span className="grow" />
        {inBin ? (
          <Button onClick={() => void restore([run.id])}>{t('runs.restore')}</Button>
        ) : (
          <>
            <Button look="quiet" icon={<Pencil size={14} />} onClick={() => setRenaming(true)}>
              {t('runs.rename')}
            </Button>
            {isGoingOn(run) ? (
              <Button icon={<Square size={12} />} onClick={() => void stop(run.id)}>
                {t('frame.stop')}
              </Button>
            ) : (
              <Button look="quiet" icon={<Trash2 size={14} />} onClick={() => void remove([run])}>
                {t('runs.delete')}
              </Button>
            )}
            {!run.imported && (
              <Button icon={<Crosshair size={14} />} disabled={run.epochs === 0} onClick={() => openModelUse(run)}>
                {t('modelUse.action')}
              </Button>
            )}
            {!run.imported && (
              <Button icon={<Download size={14} />} disabled={run.epochs === 0} onClick={() => openExport(run)}>
                {t('runs.export')}
              </Button>
            )}
            <GoOnActions run={run} detail={detail} />
          </>
        )}
      </header>
      <OriginLine run={run} />
      {run.error && (
        <p className="run-error" role="alert">
          <b>{t(run.status === 'failed' ? 'runs.failedBecause' : 'runs.endedBecause')}</b> {errorText(run.error)}
          {run.error.where?.line !== undefined && (
            <span className="quiet-text">
              {' '}
              {t('runs.where', {
                file: run.error.where.file ?? run.notebook,
                line: run.error.where.line,
                cell: run.error.where.cell ?? '–',
              })}
            </span>
          )}
        </p>
      )}
      <Tabs label={t('runs.parts')} tabs={tabs} shown={tab} titleOf={(name) => t(tabWords[name])} onShow={setTab} className="run-panel">
        {error !== undefined && <p className="run-error">{errorText(error)}</p>}
        {tab === 'curves' && rows.length > 0 && <RunDiagnosis run={run} />}
        {tab === 'curves' && (
          <div className="run-overview">
            <div className="card">
              <CurvesPanel runs={[run]} height={230} />
            </div>
            <RunFacts run={run} detail={detail} />
          </div>
        )}
        {tab === 'epochs' && rows.length > 0 && <EpochTable run={run} rows={rows} />}
        {tab === 'epochs' && rows.length === 0 && detail && <p className="quiet-text">{t('runs.noEpochs')}</p>}
        {(tab === 'confusion' || tab === 'inside') && observationsError !== undefined && (
          <p className="run-error">{errorText(observationsError)}</p>
        )}
        {tab === 'confusion' && seen && <ConfusionPanel confusion={seen.confusion} name={run.name} />}
        {tab === 'inside' && seen && (
          <div className="observed-panel">
            <PaceBar rows={rows} />
            {seen.rateSearch && <RateSearchCard search={seen.rateSearch} run={run} />}
            <LayersPanel watched={seen.watched} runName={run.name} />
          </div>
        )}
        {tab === 'settings' && detail && <RunSettings detail={detail} />}
        {tab === 'source' && detail && <RunSource run={detail} />}
      </Tabs>
    </section>
  );
}
