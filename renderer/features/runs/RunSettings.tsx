import type { RunDetail } from '#contract/runs.ts';
import { useFormats, useWords } from '../../words/use-words.ts';
import { Fact } from './RunFacts.tsx';
import { flattenSpec, sectionOf, settingText, shortPath } from './settings-list.ts';

/** The settings a run was trained with, and the machine it ran on. */
export function RunSettings({ detail }: { readonly detail: RunDetail }) {
  const t = useWords();
  const formats = useFormats();
  const settings = detail.spec ? flattenSpec(detail.spec) : [];
  const { environment } = detail;
  return (
    <div className="run-settings">
      {(['train', 'model', 'data'] as const).map((section) => (
        <section key={section} className="card">
          <h3>{t(`runs.section.${section}`)}</h3>
          <dl>
            {settings
              .filter(({ path }) => sectionOf(path) === section)
              .map(({ path, value }) => (
                <Fact key={path} name={shortPath(path)}>
                  {settingText(value, formats)}
                </Fact>
              ))}
          </dl>
        </section>
      ))}
      {environment && (
        <section className="card">
          <h3>{t('runs.section.environment')}</h3>
          <dl>
            <Fact name="Epochbook">{environment.epochbook}</Fact>
            <Fact name={t('runs.backend')}>{`${detail.backend} ${environment.backendVersion}`}</Fact>
            <Fact name="Node">{environment.node}</Fact>
            {environment.electron !== undefined && <Fact name="Electron">{environment.electron}</Fact>}
            <Fact name={t('runs.platform')}>{environment.platform}</Fact>
            <Fact name={t('runs.processor')}>{environment.cpu}</Fact>
            <Fact name={t('runs.cores')}>{formats.count(environment.cores)}</Fact>
          </dl>
        </section>
      )}
    </div>
  );
}
