import { useEffect, useRef, useState } from 'react';
import type { LookBatch } from '#contract/look.ts';
import { Progress } from '../../components/Progress.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import type { Formats } from '../../words/format.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { stateToSend } from '../notebook/notebook-store.ts';
import { toRgba } from '../notebook/outputs/Thumbnail.tsx';

type Sample = LookBatch['samples'][number];

/** A batch exactly as the model gets it in training: prepared, shuffled, augmented. */
export function BatchView({ cell }: { readonly cell: string }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const [epoch, setEpoch] = useState(1);
  const [step, setStep] = useState(1);
  const [answer, setAnswer] = useState<{ key: string; batch?: LookBatch; error?: unknown }>();
  const key = `${cell} ${epoch} ${step}`;
  useEffect(() => {
    const state = stateToSend();
    if (!state) return undefined;
    let wanted = true;
    call('data.batch', { ...state, cell, epoch, step }).then(
      (batch) => wanted && setAnswer({ key, batch }),
      (error: unknown) => wanted && setAnswer({ key, error }),
    );
    return () => {
      wanted = false;
    };
  }, [cell, epoch, step, key]);
  const { batch, error } = answer ?? {};
  return (
    <div className="batch-view">
      <div className="batch-bar">
        <NumberField label={t('data.epoch')} value={epoch} most={1_000_000} onChange={setEpoch} />
        <NumberField
          label={t('data.batchOf', { steps: batch?.steps ?? 1 })}
          value={step}
          most={batch?.steps ?? 1_000_000}
          onChange={setStep}
        />
        {batch && (
          <span className="quiet">
            {t('data.batchFacts', { size: batch.size, shape: formats.shape(batch.inputShape), shown: batch.samples.length })}
          </span>
        )}
        {answer?.key !== key && <Progress label={t('data.making')} />}
      </div>
      {error !== undefined && (
        <p className="note" role="alert">
          {errorText(error)}
        </p>
      )}
      {batch?.changedBy && <p className="quiet">{t('data.changedBy', { layers: batch.changedBy.join(', ') })}</p>}
      {batch && (isPicture(batch) ? <Pictures batch={batch} /> : <Values batch={batch} />)}
    </div>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ label, value, most, onChange }: NumberProps) {
  return (
    <label className="batch-number">
      {label}
      <input
        className="input"
        type="number"
        min={1}
        max={most}
        value={value}
        onChange={(event) => {
          const wanted = Math.round(Number(event.target.value));
          if (wanted >= 1) onChange(Math.min(most, wanted));
        }}
      />
    </label>
  );
}

const isPicture = ({ inputShape }: LookBatch) => inputShape.length === 3 && (inputShape[2] === 1 || inputShape[2] === 3);

function floatsOf({ values }: Sample): Float32Array {
  return new Float32Array(values.slice().buffer);
}

function Pictures({ batch }: { batch: LookBatch }) {
  const t = useWords();
  const formats = useFormats();
  let [min, max] = [Infinity, -Infinity];
  for (const sample of batch.samples)
    for (const value of floatsOf(sample)) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return (
    <>
      <p className="quiet">{t('data.range.shown', { min: formats.measure(min, 3), max: formats.measure(max, 3) })}</p>
      <ScrollRegion className="batch-scroll" label={t('data.batch')}>
        <div className="batch-pictures" role="list" aria-label={t('data.batch')}>
          {batch.samples.map((sample, index) => (
            // Its place in the batch is what a sample is known by.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={index} role="listitem" className="batch-picture">
              <Picture sample={sample} shape={batch.inputShape} min={min} max={max} />
              <span className="clip">{labelOf(sample, formats)}</span>
              <small>{t('data.rowNumber', { row: sample.row + 1 })}</small>
            </div>
          ))}
        </div>
      </ScrollRegion>
    </>
  );
}

function labelOf({ label, mixed }: Sample, formats: Formats): string {
  return mixed ? `${label} ${formats.percent(mixed.share, 0)} + ${mixed.label}` : label;
}

function Picture({ sample, shape, min, max }: { sample: Sample; shape: readonly number[]; min: number; max: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height = 1, width = 1, channels = 1] = shape;
  useEffect(() => {
    const bytes = Uint8Array.from(floatsOf(sample), (value) => ((value - min) / (max - min || 1)) * 255);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(toRgba(bytes, width * height, channels), width, height), 0, 0);
  }, [sample, min, max, height, width, channels]);
  return <canvas ref={canvas} width={width} height={height} aria-hidden />;
}

const mostColumns = 200;

/** White space by its signs. */
const shownToken = (token: string) => token.replaceAll('\n', '↵').replaceAll('\t', '⇥').replaceAll(' ', '␣');

function Values({ batch }: { batch: LookBatch }) {
  const t = useWords();
  const formats = useFormats();
  const size = batch.inputShape.reduce((product, one) => product * one, 1);
  const names = batch.features ?? Array.from({ length: size }, (_, index) => String(index + 1));
  return (
    <ScrollRegion className="batch-values" label={t('data.batch')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('data.row')}</th>
            <th scope="col" className="left">
              {t('data.label')}
            </th>
            {names.slice(0, mostColumns).map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {batch.samples.map((sample, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index}>
              <th scope="row">{formats.count(sample.row + 1)}</th>
              <td className="left">{labelOf(sample, formats)}</td>
              {Array.from(floatsOf(sample).subarray(0, mostColumns), (value, at) => (
                <td key={names[at]}>
                  {sample.tokens ? formats.count(value) : formats.measure(value, 4)}
                  {sample.tokens && <span className="batch-token">{shownToken(sample.tokens[at])}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {size > mostColumns && <p className="quiet">{t('data.moreValues', { count: size - mostColumns })}</p>}
    </ScrollRegion>
  );
}
