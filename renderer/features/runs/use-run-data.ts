import { useEffect, useState } from 'react';
import { isGoingOn } from '#contract/going-on.ts';
import type { RunData, RunSummary } from '#contract/runs.ts';
import { call, on } from '../../platform/client.ts';

/** The files a run was trained on, looked at again whenever one in the workspace changes; undefined until it is known. */
export function useRunData({ id, status, imported }: RunSummary): RunData['files'] | undefined {
  const [known, setKnown] = useState<{ id: string; files: RunData['files'] }>();
  const going = isGoingOn({ status });
  useEffect(() => {
    if (going || imported) return undefined;
    let wanted = true;
    const ask = () =>
      void call('runs.data', { runId: id }).then(
        ({ files }) => wanted && setKnown({ id, files }),
        // Whether files changed is told where it can be; without it nothing is wrong.
        () => undefined,
      );
    ask();
    const end = on('workspace.changed', ask);
    return () => {
      wanted = false;
      end();
    };
  }, [id, going, imported]);
  return known?.id === id ? known.files : undefined;
}
