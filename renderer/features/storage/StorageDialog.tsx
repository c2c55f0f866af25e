import './storage.css';
import { useCallback, useEffect, useState } from 'react';
import type { RunSummary } from '#contract/runs.ts';
import type { SpaceReport, StoreRescue } from '#contract/store.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { TextField } from '../../components/TextField.tsx';
import { toast } from '../../components/toast-store.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { fetchAllRuns } from '../../platform/all-runs.ts';
import { call } from '../../platform/client.ts';
import { useJob } from '../../platform/use-job.ts';
import type { WordKey } from '../../words/catalogue.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { PurgeDialog } from '../runs/PurgeDialog.tsx';
import { useWorkspaceStore } from '../workspace/workspace-store.ts';
import { useStorageStore } from './storage-store.ts';

type Task = 'space' | 'shrink' | 'backup' | 'check' | 'rescue' | 'cache';

/** What is told of the last thing done here; the list behind it is read anew. */
type Told = { readonly text: string; readonly tone: 'good' | 'bad' } | undefined;

/** What takes the workspace's space, and what can be done about it: less of it, a copy, a look at its health. */
export function StorageDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const folder = useWorkspaceStore((state) => state.workspace?.folder ?? '');
  const { problems, found } = useStorageStore();
  const { progress, isWorking, error, work, stop } = useJob();
  const [task, setTask] = useState<Task>('space');
  const [report, setReport] = useState<SpaceReport>();
  const [told, setTold] = useState<Told>();
  const [saved, setSaved] = useState<StoreRescue>();
  const [binned, setBinned] = useState<readonly RunSummary[]>();

  const [version, setVersion] = useState(0);
  const look = useCallback(() => setVersion((before) => before + 1), []);
  useEffect(() => {
    setTask('space');
    void work((job) => call('store.space', { job })).then((space) => space && setReport(space));
    // oxlint-disable-next-line react/exhaustive-deps -- `work` is another one at every drawing
  }, [version]);

  async function perform<T>(what: Task, action: (job: string) => Promise<T>, tell: (result: T) => Told): Promise<void> {
    setTask(what);
    setTold(undefined);
    const result = await work(action);
    if (result === undefined) return;
    setTold(tell(result));
    look();
  }
  const shrink = () =>
    perform(
      'shrink',
      (job) => call('store.shrink', { job }),
      ({ freedBytes }) => ({ text: t('storage.shrunk', { size: formats.bytes(freedBytes) }), tone: 'good' }),
    );
  const clearCache = () =>
    perform(
      'cache',
      () => call('data.cache', { clear: true }),
      ({ bytes }) => ({ text: t('storage.cacheCleared', { size: formats.bytes(bytes) }), tone: 'good' }),
    );
  const check = () =>
    perform(
      'check',
      (job) => call('store.check', { job }),
      ({ problems: list }) => {
        useStorageStore.setState({ problems: list });
        return list.length === 0 ? { text: t('storage.sound'), tone: 'good' } : undefined;
      },
    );
  const rescue = () =>
    perform(
      'rescue',
      (job) => call('store.rescue', { job }),
      (rescued) => {
        setSaved(rescued);
        found([]);
        return { text: t('storage.rescued', { runs: rescued.runs, file: rescued.damagedFile }), tone: 'good' };
      },
    );

  const close = isWorking && task !== 'space' ? stop : onClose;
  return (
    <>
      <Dialog
        title={t('storage.title')}
        wide
        onClose={close}
        actions={<Button onClick={close}>{t(isWorking && task !== 'space' ? 'frame.stop' : 'frame.close')}</Button>}
      >
        <div className="storage">
          <p className="storage-quiet">{t('storage.text', { folder: `${folder}/.epochbook` })}</p>
          {report && <Parts report={report} />}
          {report && <Owners report={report} />}
          {report && (
            <div className="storage-actions">
              <Button disabled={isWorking || report.bin.runs === 0} onClick={() => void fetchAllRuns({ deleted: true }).then(setBinned)}>
                {t('storage.emptyBin', { count: report.bin.runs, size: formats.bytes(report.bin.bytes) })}
              </Button>
              <Button disabled={isWorking || report.cacheBytes === 0} onClick={() => void clearCache()}>
                {t('storage.clearCache', { size: formats.bytes(report.cacheBytes) })}
              </Button>
              <Button disabled={isWorking} onClick={() => void shrink()}>
                {t('storage.shrink', { size: formats.bytes(report.unusedBytes + report.orphanedBytes) })}
              </Button>
              <Button disabled={isWorking} onClick={() => void check()}>
                {t('storage.check')}
              </Button>
            </div>
          )}
          <Backup
            disabled={isWorking || !report || report.runs === 0}
            onWrite={(target) =>
              perform(
                'backup',
                (job) => call('store.backup', { folder: target, job }),
                ({ folder: place, runs, notebooks, bytes }) => ({
                  text: t('storage.backedUp', { folder: place, runs, notebooks, size: formats.bytes(bytes) }),
                  tone: 'good',
                }),
              )
            }
          />
          {problems.length > 0 && (
            <section className="storage-damage" aria-label={t('storage.damage')}>
              <p className="run-error">{t('storage.damage')}</p>
              <ul>
                {problems.slice(0, 20).map((problem) => (
                  <li key={problem}>
                    <code>{problem}</code>
                  </li>
                ))}
              </ul>
              <Button look="primary" disabled={isWorking} onClick={() => void rescue()}>
                {t('storage.rescue')}
              </Button>
            </section>
          )}
          {saved && <Saved saved={saved} />}
          <div aria-live="polite">
            {isWorking && !(task === 'space' && report) && (
              <>
                <p className="storage-quiet">
                  {t(`storage.doing.${task}` satisfies WordKey)}
                  {progress?.item === undefined ? '' : ` ${progress.item}`}
                </p>
                <Progress label={t(`storage.doing.${task}`)} value={progress?.total ? progress.done / progress.total : undefined} />
              </>
            )}
            {told && (!isWorking || task === 'space') && <p className={`storage-told ${told.tone}`}>{told.text}</p>}
          </div>
          {error !== undefined && (
            <p className="run-error" role="alert">
              {errorText(error)}
            </p>
          )}
        </div>
      </Dialog>
      {binned && (
        <PurgeDialog
          runs={binned}
          onClose={() => {
            setBinned(undefined);
            look();
          }}
        />
      )}
    </>
  );
}

function Parts({ report }: { readonly report: SpaceReport }) {
  const t = useWords();
  const formats = useFormats();
  const bytesOf = (...parts: string[]): number =>
    report.parts.reduce((sum, { part, bytes }) => sum + (parts.includes(part) ? bytes : 0), 0);
  const known = [
    { name: t('storage.checkpoints'), bytes: report.checkpointBytes },
    { name: t('storage.values'), bytes: bytesOf('values', 'summaries', 'epochs') },
    { name: t('storage.texts'), bytes: bytesOf('notebooks') },
    { name: t('storage.lists'), bytes: bytesOf('lists') },
    { name: t('storage.unused'), bytes: report.unusedBytes },
    { name: t('storage.cache'), bytes: report.cacheBytes },
    { name: t('storage.backups'), bytes: report.backupBytes },
  ];
  const knownBytes = known.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = [...known, { name: t('storage.rest'), bytes: Math.max(0, report.totalBytes - knownBytes) }];
  const most = Math.max(1, ...parts.map(({ bytes }) => bytes));
  return (
    <table className="storage-table">
      <caption className="visually-hidden">{t('storage.parts')}</caption>
      <tbody>
        {parts.map(({ name, bytes }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="storage-bar" aria-hidden>
              <i style={{ width: `${(100 * bytes) / most}%` }} />
            </td>
            <td className="number">{formats.bytes(bytes)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('storage.total')}</th>
          <td aria-hidden />
          <td className="number">{formats.bytes(report.totalBytes)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

interface Owner {
  readonly key: string;
  readonly name: string;
  readonly note: string;
  readonly bytes: number;
  readonly checkpointBytes: number;
}

/** Who has how much, by notebook and by run. */
function Owners({ report }: { readonly report: SpaceReport }) {
  const t = useWords();
  if (report.runs === 0) return <p className="storage-quiet">{t('storage.noRuns')}</p>;
  const notebooks = report.notebooks.map(({ notebook, runs, ...sizes }): Owner => ({
    key: notebook,
    name: notebook === '' ? t('storage.imported') : notebook,
    note: t('runs.count', { count: runs }),
    ...sizes,
  }));
  const runs = report.largest.map(({ runId, name, inBin, bytes, checkpointBytes }): Owner => ({
    key: runId,
    name,
    note: inBin ? t('storage.inBin') : '',
    bytes,
    checkpointBytes,
  }));
  return (
    <div className="storage-owners">
      <OwnerTable title={t('storage.byNotebook')} owners={notebooks} />
      <OwnerTable title={t('storage.byRun')} owners={runs} />
    </div>
  );
}

function OwnerTable({ title, owners }: { readonly title: string; readonly owners: readonly Owner[] }) {
  const t = useWords();
  const formats = useFormats();
  return (
    <ScrollRegion className="storage-scroll" label={title}>
      <table className="storage-table">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" className="number">
              {t('storage.checkpoints')}
            </th>
            <th scope="col" className="number">
              {t('storage.size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {owners.map(({ key, name, note, bytes, checkpointBytes }) => (
            <tr key={key}>
              <th scope="row">
                {name} {note !== '' && <small>{note}</small>}
              </th>
              <td className="number">{formats.bytes(checkpointBytes)}</td>
              <td className="number">{formats.bytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Backup({ disabled, onWrite }: { readonly disabled: boolean; readonly onWrite: (folder: string) => Promise<void> }) {
  const t = useWords();
  const desktop = useSettingsStore((state) => state.info?.shell === 'desktop');
  const [folder, setFolder] = useState('');
  const choose = async (): Promise<void> => {
    try {
      const { folder: chosen } = await call('shell.chooseFolder', { title: t('storage.backupTo') });
      if (chosen !== null) setFolder(chosen);
    } catch {
      toast({ text: t('storage.backupTo'), tone: 'bad' });
    }
  };
  const ready = !disabled && folder.trim() !== '';
  return (
    <form
      className="storage-backup"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void onWrite(folder.trim());
      }}
    >
      <TextField label={t('storage.backupTo')} value={folder} onValue={setFolder} disabled={disabled} spellCheck={false} mono />
      {desktop && (
        <Button disabled={disabled} onClick={() => void choose()}>
          {t('export.choose')}
        </Button>
      )}
      <Button type="submit" disabled={!ready}>
        {t('storage.backup')}
      </Button>
      <small>{t('storage.backupHint')}</small>
    </form>
  );
}

/** What a rescue could not save, by name. */
function Saved({ saved }: { readonly saved: StoreRescue }) {
  const t = useWords();
  if (saved.damaged.length + saved.lost.length === 0) return null;
  return (
    <section aria-label={t('storage.notSaved')}>
      <p className="run-error">{t('storage.notSaved')}</p>
      <ul className="storage-list">
        {saved.damaged.map(({ name, missing }) => (
          <li key={name}>{t('storage.partly', { name, missing: missing.map((part) => t(`storage.missing.${part}`)).join(', ') })}</li>
        ))}
        {saved.lost.length > 0 && <li>{t('storage.lost', { count: saved.lost.length, numbers: saved.lost.join(', ') })}</li>}
      </ul>
    </section>
  );
}
