import { PencilLine, RotateCcw } from 'lucide-react';
import { memo, useId, useRef, useState } from 'react';
import type { Knob, KnobValue } from '#contract/spec.ts';
import { IconButton } from '../../../components/IconButton.tsx';
import { useFormats, useWords } from '../../../words/use-words.ts';
import { useNear } from '../editor/near.ts';
import { useNotebookStore } from '../notebook-store.ts';
import { fromPosition, positions, toPosition } from './slider-scale.ts';

/** The controls of a cell's `param(...)`s. */
export const Knobs = memo(function Knobs({ knobs }: { knobs: readonly Knob[] }) {
  const t = useWords();
  const root = useRef<HTMLDivElement>(null);
  const isNear = useNear(root);
  return (
    <div ref={root} className="knobs" role="group" aria-label={t('notebook.knobs')}>
      {knobs.map((knob) => (
        <KnobControl key={knob.name} knob={knob} isNear={isNear} />
      ))}
    </div>
  );
});

function KnobControl({ knob, isNear }: { knob: Knob; isNear: boolean }) {
  const t = useWords();
  const formats = useFormats();
  const id = useId();
  const setKnob = useNotebookStore((state) => state.setKnob);
  const writeKnob = useNotebookStore((state) => state.writeKnob);
  const set = useNotebookStore((state) => state.knobValues[knob.name]);
  const value = set ?? knob.default;
  const change = (next: KnobValue) => setKnob(knob.name, next === knob.default ? undefined : next);
  return (
    <div className="knob">
      <label htmlFor={id}>{knob.name}</label>
      {isNear ? (
        <Control id={id} knob={knob} value={value} onChange={change} />
      ) : (
        <output id={id} className="knob-text">
          {formats.setting(value)}
        </output>
      )}
      {set !== undefined && (
        <>
          <small>{t('notebook.textSays', { value: formats.setting(knob.default) })}</small>
          <IconButton
            label={t('notebook.writeKnob', { name: knob.name })}
            icon={<PencilLine size={13} />}
            onClick={() => writeKnob(knob.name)}
          />
          <IconButton
            label={t('notebook.resetKnob', { name: knob.name })}
            icon={<RotateCcw size={13} />}
            onClick={() => setKnob(knob.name, undefined)}
          />
        </>
      )}
    </div>
  );
}

function Control({ id, knob, value, onChange }: { id: string; knob: Knob; value: KnobValue; onChange: (value: KnobValue) => void }) {
  const formats = useFormats();
  if (knob.choices) {
    return (
      <select
        id={id}
        className="knob-choice"
        value={knob.choices.indexOf(value)}
        onChange={(event) => onChange(knob.choices![Number(event.target.value)])}
      >
        {knob.choices.map((choice, index) => (
          <option key={String(choice)} value={index}>
            {formats.setting(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (typeof value === 'boolean') {
    return (
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={value}
        className="knob-switch"
        checked={value}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  }
  if (typeof value === 'string') {
    return <TextControl id={id} value={value} parse={(text) => text} onChange={onChange} />;
  }
  const number = <TextControl id={id} value={String(value)} parse={(text) => parseNumber(text, knob)} onChange={onChange} />;
  if (knob.min === undefined || knob.max === undefined) return number;
  const scale = { min: knob.min, max: knob.max, step: knob.step, log: knob.log ?? false };
  return (
    <>
      <input
        type="range"
        className="knob-slider"
        aria-label={knob.name}
        aria-valuetext={formats.setting(value)}
        min={0}
        max={positions(scale)}
        value={toPosition(scale, value)}
        style={{ '--filled': `${(toPosition(scale, value) / positions(scale)) * 100}%` } as React.CSSProperties}
        onChange={(event) => onChange(fromPosition(scale, Number(event.target.value)))}
      />
      {number}
    </>
  );
}

/** Takes effect on Enter and when it is left; what cannot be used is put back. */
function TextControl({
  id,
  value,
  parse,
  onChange,
}: {
  id: string;
  value: string;
  parse: (text: string) => KnobValue | undefined;
  onChange: (value: KnobValue) => void;
}) {
  const [draft, setDraft] = useState<string>();
  const commit = () => {
    if (draft === undefined) return;
    const parsed = parse(draft);
    if (parsed !== undefined && String(parsed) !== value) onChange(parsed);
    setDraft(undefined);
  };
  return (
    <input
      id={id}
      className="knob-text"
      inputMode={typeof parse('1') === 'number' ? 'decimal' : 'text'}
      value={draft ?? value}
      style={{ width: `calc(${Math.max(2, Math.min(20, (draft ?? value).length))}ch + 14px)` }}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        else if (event.key === 'Escape') setDraft(undefined);
      }}
    />
  );
}

/** Undefined where it is no number or lies outside the knob's bounds. */
export function parseNumber(text: string, knob: Pick<Knob, 'min' | 'max'>): number | undefined {
  const value = Number(text.trim().replace('−', '-'));
  if (text.trim() === '' || !Number.isFinite(value)) return undefined;
  if ((knob.min !== undefined && value < knob.min) || (knob.max !== undefined && value > knob.max)) return undefined;
  return value;
}
