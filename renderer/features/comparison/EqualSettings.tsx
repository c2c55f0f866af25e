import { useEffect, useState } from 'react';
import type { Comparison } from '#contract/runs.ts';
import { call } from '../../platform/client.ts';
import { useErrorText } from '../../words/errors.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { flattenSpec, type Setting, settingText, shortPath } from '../runs/settings-list.ts';

/** How many settings are equal, and on opening which. */
export function EqualSettings({ comparison }: { readonly comparison: Comparison }) {
  const t = useWords();
  const formats = useFormats();
  const errorText = useErrorText();
  const [open, setOpen] = useState(false);
  const [settings, setSettings] = useState<readonly Setting[]>();
  const [error, setError] = useState<unknown>();
  const first = comparison.runs[0]?.id;

  useEffect(() => {
    if (!open || first === undefined) return undefined;
    let wanted = true;
    call('runs.get', { runId: first }).then(
      (detail) => wanted && setSettings(detail.spec ? flattenSpec(detail.spec) : []),
      (reason: unknown) => wanted && setError(reason),
    );
    return () => {
      wanted = false;
    };
  }, [open, first]);

  const equal = settings && withoutDiffering(settings, comparison);
  return (
    <details className="equal-settings" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('comparison.equalSettings', { count: comparison.equalSettings })}</summary>
      {error !== undefined && <p className="run-error">{errorText(error)}</p>}
      {equal && (
        <dl>
          {equal.map(({ path, value }) => (
            <div key={path}>
              <dt title={path}>{shortPath(path)}</dt>
              <dd>{settingText(value, formats)}</dd>
            </div>
          ))}
        </dl>
      )}
    </details>
  );
}

/** Settings whose path is neither that of a differing one nor lies inside it. */
export function withoutDiffering(settings: readonly Setting[], { settings: differing }: Pick<Comparison, 'settings'>): Setting[] {
  const paths = differing.map(({ path }) => path);
  return settings.filter(({ path }) => !paths.some((other) => path === other || path.startsWith(`${other}.`)));
}
