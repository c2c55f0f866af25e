import type { RunSummary } from '#contract/runs.ts';
import { Button } from '../../components/Button.tsx';
import { toast } from '../../components/toast-store.ts';
import { call } from '../../platform/client.ts';
import { errorTextNow } from '../../words/errors.ts';
import { translate, useFormats, useWords } from '../../words/use-words.ts';
import { useRunData } from './use-run-data.ts';

/** Says which of a run's files are not as they were; nothing where all are. */
export function DataSince({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const files = useRunData(run)?.filter(({ state }) => state !== 'same') ?? [];
  if (files.length === 0) return null;
  return (
    <p className="data-since" role="status">
      {files.map(({ path, state }) => (
        <span key={path}>{t(state === 'missing' ? 'runs.fileMissing' : 'runs.fileChanged', { path })}</span>
      ))}
    </p>
  );
}

/** A run's files with their content hashes, and the rows of its parts to take along. */
export function DataFiles({ run }: { readonly run: RunSummary }) {
  const t = useWords();
  const formats = useFormats();
  const files = useRunData(run);
  if (!files || files.length === 0) return null;
  return (
    <>
      {files.map(({ path, bytes, hash, state }) => (
        <span key={path} className="data-file" title={`SHA-256 ${hash}`}>
          {path} · {formats.bytes(bytes)}
          {state !== 'same' && <em className="warn"> {t(state === 'missing' ? 'runs.missingNow' : 'runs.changedSince')}</em>}
        </span>
      ))}
      <Button look="link" onClick={() => void copyRows(run)}>
        {t('runs.copyRows')}
      </Button>
    </>
  );
}

async function copyRows({ id }: RunSummary): Promise<void> {
  try {
    const { rows } = await call('runs.data', { runId: id, rows: true });
    await navigator.clipboard.writeText(JSON.stringify(rows ?? {}));
    toast({ text: translate('runs.rowsCopied') });
  } catch (error) {
    toast({ text: errorTextNow(error), tone: 'bad' });
  }
}
