import { metricName, spacedName } from '#contract/measured.ts';
import type { ReactNode } from 'react';
import type { RunDetail, RunSummary } from '#contract/runs.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { DataFiles } from './DataSince.tsx';
import { bestOf, betterOf } from './metrics.ts';
import { NoteField } from './NoteField.tsx';
import { TagEditor } from './TagEditor.tsx';
import { toolNames } from './tool-names.ts';

/** A run in facts: what it reached, its knobs, the data, the machine, its checkpoints, and what the person notes. */
export function RunFacts({ run, detail }: { readonly run: RunSummary; readonly detail: RunDetail | undefined }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const metrics = Object.entries(run.metrics);
  const named = (detail?.checkpoints ?? []).filter(({ kind }) => kind !== 'epoch');
  // A knob for the number of epochs says again what stands under `epochs`.
  const params = Object.entries(run.params).filter(([name, value]) => name !== 'epochs' || value !== run.plannedEpochs);
  return (
    <div className="card run-facts">
      {metrics.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col" className="left">
                {t('runs.metric')}
              </th>
              <th scope="col">{t('runs.bestValue')}</th>
              <th scope="col">{t('runs.at')}</th>
              <th scope="col">{t('runs.last')}</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map(([metric, summary]) => {
              const best = bestOf(metric, summary);
              return (
                <tr key={metric}>
                  <th scope="row" className="left">
                    {metricName(t, metric)}
                  </th>
                  <td title={t(betterOf(metric) === 'min' ? 'runs.smallerIsBetter' : 'runs.largerIsBetter')}>
                    {formats.measure(best?.value ?? Number.NaN)}
                  </td>
                  <td>{best ? formats.count(best.epoch) : ''}</td>
                  <td>{formats.measure(summary.last)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <dl>
        {params.map(([name, value]) => (
          <Fact key={name} name={spacedName(name)}>
            {formats.setting(value)}
          </Fact>
        ))}
        {!run.imported && <Fact name={t('runs.seed')}>{String(run.seed)}</Fact>}
        <Fact name={t('runs.epochs')}>
          {t('runs.epochsOf', { done: formats.count(run.epochs), planned: formats.count(run.plannedEpochs) })}
        </Fact>
        <Fact name={t('runs.time')}>
          {run.epochs > 0
            ? t('runs.timeAnEpoch', { total: formats.duration(run.elapsedMs), epoch: formats.duration(run.elapsedMs / run.epochs) })
            : '–'}
        </Fact>
        {run.imported ? (
          <Fact name={t('runs.backend')}>{toolNames[run.imported.tool]}</Fact>
        ) : (
          <>
            <Fact name={t('runs.samples')}>
              {t('runs.samplesOf', { train: formats.count(run.samples.train), validation: formats.count(run.samples.validation) })}
            </Fact>
            <Fact name={t('runs.parameters')}>{formats.count(run.parameters)}</Fact>
            <Fact name={t('runs.backend')}>{t('runs.backendThreads', { backend: run.backend, threads: run.threads })}</Fact>
            {detail?.environment?.fallback && <Fact name={t('runs.notOnGpu')}>{errorText(detail.environment.fallback)}</Fact>}
            <Fact name={t('runs.data')}>
              <code title={run.dataHash}>{run.dataHash.slice(0, 12)}</code>
              <DataFiles run={run} />
            </Fact>
          </>
        )}
        <Fact name={t('runs.id')}>
          <code>{run.id}</code>
        </Fact>
        {named.map((checkpoint) => (
          <Fact key={checkpoint.kind} name={t(checkpoint.kind === 'best' ? 'runs.checkpointBest' : 'runs.checkpointLast')}>
            {t('runs.checkpointAt', { epoch: checkpoint.epoch, size: formats.bytes(checkpoint.bytes) })}
          </Fact>
        ))}
      </dl>
      <TagEditor run={run} />
      <NoteField run={run} />
    </div>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
