import './diagnosis.css';
import { SlidersHorizontal, Stethoscope } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Diagnosis } from '#contract/diagnosis.ts';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { call } from '../../platform/client.ts';
import { coreText } from '../../words/errors.ts';
import { useLocaleStore } from '../../words/locale.ts';
import { useWords } from '../../words/use-words.ts';
import { tryRemedy } from './try-remedy.ts';

/** A run in progress is looked at again after so long. */
const pauseMs = 800;

/** What the run's curves mean and what to try, at a click where a knob does it; nothing where nothing is wrong. */
export function RunDiagnosis({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const locale = useLocaleStore((state) => state.locale);
  const [found, setFound] = useState<Diagnosis>();
  const going = run.endedAt === undefined;
  useEffect(() => {
    let wanted = true;
    const look = (): void =>
      void call('runs.diagnose', { runId: run.id }).then(
        (diagnosis) => wanted && setFound(diagnosis),
        // What is wrong with the store is said where the run itself is read.
        () => undefined,
      );
    const timer = setTimeout(look, going ? pauseMs : 0);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
    // A new epoch or state is what is looked at.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [run.id, run.status, run.epochs, going]);

  if (!found || found.verdicts.length === 0) return null;
  return (
    <section className="run-diagnosis" aria-label={t('runs.diagnosis')}>
      {found.verdicts.map(({ code, values, message, confidence, remedies }) => (
        <div key={code} className="run-verdict">
          <Stethoscope size={15} aria-hidden />
          <div>
            <p>
              <b>{coreText(locale, `diagnosis.${code}`, values, message)}</b>{' '}
              <span className="quiet-text">{t('runs.confidence', { percent: Math.round(confidence * 100) })}</span>
            </p>
            <ul aria-label={t('runs.remedies')}>
              {remedies.map(({ code: kind, values: told, message: text, set }) => {
                const words = coreText(locale, `diagnosis.try.${kind}`, told, text);
                return (
                  <li key={kind}>
                    {Object.keys(set).length === 0 ? (
                      words
                    ) : (
                      <Button icon={<SlidersHorizontal size={13} />} onClick={() => void tryRemedy(run, set)}>
                        {words}
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          </div>
        </div>
      ))}
    </section>
  );
}
