import { useEffect, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { toast } from '../../components/toast-store.ts';
import { call, on } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { useRunsStore } from './runs-store.ts';

/** Asks once more, since there is no way back, and shows how far it is. */
export function PurgeDialog({ runs, onClose }: { readonly runs: readonly RunSummary[]; readonly onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const [job, setJob] = useState<string>();
  const [done, setDone] = useState(0);
  useEffect(() => on('job.progressed', (progress) => progress.job === job && setDone(progress.done)), [job]);

  const purge = async (): Promise<void> => {
    const name = crypto.randomUUID();
    setJob(name);
    try {
      const { runs: count, freedBytes } = await call('runs.purge', { runIds: runs.map((run) => run.id), job: name });
      toast({ text: t('tidy.purged', { count, size: formats.bytes(freedBytes) }) });
    } catch (error) {
      toast({ text: errorTextNow(error), tone: 'bad' });
    }
    await useRunsStore.getState().loadBin();
    onClose();
  };
  const stop = (): void => {
    if (job === undefined) onClose();
    else void call('job.cancel', { job });
  };
  return (
    <Dialog
      title={t('tidy.purgeTitle', { count: runs.length })}
      onClose={stop}
      actions={
        <>
          <Button onClick={stop}>{t(job === undefined ? 'frame.cancel' : 'frame.stop')}</Button>
          <Button look="primary" danger disabled={job !== undefined} onClick={() => void purge()}>
            {t('tidy.purge')}
          </Button>
        </>
      }
    >
      <p>{t('tidy.purgeText')}</p>
      {job !== undefined && <Progress label={t('tidy.purging')} value={done / Math.max(1, runs.length)} />}
    </Dialog>
  );
}
