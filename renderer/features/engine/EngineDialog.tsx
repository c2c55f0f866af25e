import './engine.css';
import { useEffect, useId, useState } from 'react';
import type { BackendInfo } from '#contract/runs.ts';
import { useSettingsStore } from '../../app/settings-store.ts';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { Progress } from '../../components/Progress.tsx';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';

const devices = ['cpu', 'gpu'] as const;

/** What trains here: on which processor, with how many threads, and how fast each backend is. */
export function EngineDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const id = useId();
  const settings = useSettingsStore((state) => state.settings);
  const info = useSettingsStore((state) => state.info);
  const change = useSettingsStore((state) => state.change);
  const [backends, setBackends] = useState<readonly BackendInfo[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let wanted = true;
    call('backends.list', { measure: true }).then(
      (found) => wanted && setBackends(found),
      (reason: unknown) => wanted && setError(reason),
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (!settings || !info) return null;
  const fastest = Math.max(0, ...(backends ?? []).map(({ samplesPerSecond = 0 }) => samplesPerSecond));
  return (
    <Dialog
      title={t('engine.title')}
      wide
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t('frame.close')}
        </Button>
      }
    >
      <div className="engine">
        <fieldset>
          <legend>{t('engine.device')}</legend>
          {devices.map((device) => (
            <label key={device}>
              <input type="radio" name={`${id}device`} checked={settings.device === device} onChange={() => void change({ device })} />
              <span>
                {t(`engine.device.${device}`)}
                <small>{t(`engine.deviceText.${device}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <label className="text-field" htmlFor={`${id}threads`}>
          <span>{t('engine.threads')}</span>
          <select
            id={`${id}threads`}
            className="input"
            value={settings.threads}
            onChange={(event) => void change({ threads: Number(event.target.value) })}
          >
            <option value={0}>{t('engine.allCores', { cores: info.cores })}</option>
            {Array.from({ length: info.cores }, (_, index) => (
              <option key={index} value={index + 1}>
                {formats.count(index + 1)}
              </option>
            ))}
          </select>
        </label>
        <section aria-live="polite">
          <h3>{t('engine.backends')}</h3>
          <p className="quiet-text">{t('engine.job')}</p>
          {!backends && error === undefined && <Progress label={t('engine.measuring')} />}
          {error !== undefined && <p className="run-error">{errorText(error)}</p>}
          {backends && (
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('engine.backend')}</th>
                  <th scope="col" className="number">
                    {t('engine.speed')}
                  </th>
                  <th scope="col">{t('engine.version')}</th>
                </tr>
              </thead>
              <tbody>
                {backends.map(({ name, available, version, detail, samplesPerSecond }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td className="number">
                      {samplesPerSecond !== undefined && (
                        <>
                          {formats.count(Math.round(samplesPerSecond))}
                          <meter min={0} max={fastest} value={samplesPerSecond} aria-hidden />
                        </>
                      )}
                    </td>
                    <td className={available ? undefined : 'quiet-text'}>
                      {available ? version : t('engine.missing', { detail: detail ?? '' })}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      </div>
    </Dialog>
  );
}
