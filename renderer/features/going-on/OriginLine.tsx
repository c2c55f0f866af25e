import './going-on.css';
import { useEffect, useState } from 'react';
import { CircleCheck, GitBranch, RotateCw, TriangleAlert } from 'lucide-react';
import type { Reproduction, RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { openRun } from '../workspace/open-run.ts';
import { useRunWord } from './run-word.ts';

/** Which run this one comes from and, where it is that run trained again, whether it came out the same. */
export function OriginLine({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const { origin } = run;
  if (!origin) return null;
  const isFork = origin.kind === 'fork';
  return (
    <div className="run-origin" role="status">
      {isFork ? <GitBranch size={14} aria-hidden /> : <RotateCw size={14} aria-hidden />}
      <span>{isFork ? t('goingOn.forkOf', { epoch: origin.epoch }) : t('goingOn.reproductionOf')}</span>
      <Button look="link" onClick={() => openRun(origin.runId)}>
        {origin.name}
      </Button>
      {!isFork && <Verdict run={run} />}
    </div>
  );
}

function Verdict({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const quantityWord = useRunWord();
  const [verdict, setVerdict] = useState<Reproduction>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let wanted = true;
    call('runs.reproduction', { runId: run.id }).then(
      (found) => wanted && setVerdict(found),
      (reason: unknown) => wanted && setError(reason),
    );
    return () => {
      wanted = false;
    };
    // Each epoch that ended, and the end, can tell more.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [run.id, run.epochs, run.status]);
  if (error !== undefined) return <span className="run-error">{errorText(error)}</span>;
  if (!verdict) return null;
  const { difference, complete, epochs } = verdict;
  if (difference) {
    const { epoch, quantity, original, again } = difference;
    const values = { epoch, quantity: quantityWord(quantity), original: formats.measure(original, 9), again: formats.measure(again, 9) };
    return (
      <span className="verdict-bad">
        <TriangleAlert size={14} aria-hidden /> {t('goingOn.differs', values)}
      </span>
    );
  }
  return (
    <span className="verdict-good">
      {complete && <CircleCheck size={14} aria-hidden />} {t(complete ? 'goingOn.identical' : 'goingOn.identicalSoFar', { epochs })}
    </span>
  );
}
