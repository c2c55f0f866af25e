import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import type { ModelTable } from '#contract/notebook.ts';
import { useFormats, useWords } from '../../../words/use-words.ts';
import type { Foreseen } from '../foresee.ts';

interface Props {
  readonly model: ModelTable;
  readonly foreseen: Foreseen | undefined;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** A model's layers with their shapes and parameters, and what an epoch will take. */
export const ModelOutput = memo(function ModelOutput({ model, foreseen, open, onOpen }: Props) {
  const t = useWords();
  const formats = useFormats();
  const most = Math.max(1, ...model.layers.map((layer) => layer.parameters));
  return (
    <details className="layers" open={open} onToggle={(event) => onOpen(event.currentTarget.open)}>
      <summary>
        <ChevronRight size={14} aria-hidden />
        <span>{t('notebook.layers', { count: model.layers.length })}</span>
        <span className="grow" />
        <span>{t('notebook.parameters', { count: formats.count(model.parameters) })}</span>
        {model.trainableParameters !== model.parameters && (
          <span>{t('notebook.trainable', { count: formats.count(model.trainableParameters) })}</span>
        )}
        <ForeseenTime foreseen={foreseen} />
      </summary>
      <table className="layer-table">
        <thead>
          <tr>
            <th scope="col" className="left">
              {t('notebook.layer')}
            </th>
            <th scope="col" className="left">
              {t('notebook.layerType')}
            </th>
            <th scope="col">{t('notebook.outputShape')}</th>
            <th scope="col">{t('notebook.parameterCount')}</th>
            <th scope="col" className="share">
              <span className="visually-hidden">{t('notebook.parameterShare')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <tr className="input-row">
            <td className="left" colSpan={2}>
              {t('notebook.input')}
            </td>
            <td>{formats.shape(model.inputShape)}</td>
            <td colSpan={2}>{'\u00A0'}</td>
          </tr>
          {model.layers.map((layer) => (
            <tr key={layer.name}>
              <td className="left">{layer.name}</td>
              <td className="left quiet">{layer.className}</td>
              <td>{formats.shape(layer.outputShape)}</td>
              <td className={layer.parameters === 0 ? 'quiet' : undefined}>{formats.count(layer.parameters)}</td>
              <td className="share" aria-hidden>
                <i style={{ width: `${(layer.parameters / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
});

export function ForeseenTime({ foreseen }: { foreseen: Foreseen | undefined }) {
  const t = useWords();
  const formats = useFormats();
  if (foreseen?.estimate) {
    const { epochMs, memoryBytes } = foreseen.estimate;
    return <span>{t('notebook.aboutAnEpoch', { time: formats.duration(epochMs), memory: formats.bytes(memoryBytes) })}</span>;
  }
  return foreseen?.going ? <span className="quiet">{t('notebook.measuring')}</span> : null;
}
