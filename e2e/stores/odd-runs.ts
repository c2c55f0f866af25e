import { openStore } from '#store/store.ts';
import { epochRow, newRun } from '#store/testing/run-fixture.ts';

const { NaN: none, POSITIVE_INFINITY: infinite } = Number;

/** Runs with everything that makes a number hard: NaN, infinities, an epoch without the metric, one resumed, one forked. The folder gets a store. */
export function fillWithOddRuns(folder: string): void {
  const store = openStore(folder);
  const done = { status: 'completed', reason: 'epochs' } as const;
  const begin = (name: string, more: Parameters<typeof newRun>[0] = {}) => {
    const id = store.create(newRun({ name, ...more }));
    store.setFacts(id, { parameters: 1, samples: { train: 1, validation: 1 }, dataHash: 'data', backend: 'native', backendVersion: '' });
    return id;
  };
  const record = (id: ReturnType<typeof begin>, from: number, values: readonly (number | undefined)[]): void =>
    values.forEach((value, index) =>
      store.recordEpoch(id, epochRow(from + index, { loss: 1 / (from + index), ...(value !== undefined && { val_loss: value }) })),
    );
  const odd = begin('odd');
  record(odd, 1, [none, 2.125, 0.5, infinite, 5, none]);
  store.end(odd, done);
  const holes = begin('holes');
  record(holes, 1, [0.75, undefined, 0.25, undefined, 0.5]);
  store.end(holes, done);
  const resumed = begin('resumed');
  record(resumed, 1, [9, 8, 7, 6, 0.001, 99]);
  store.end(resumed, { status: 'stopped', reason: 'user' });
  store.goOn(resumed, { epoch: 4, plannedEpochs: 7 });
  record(resumed, 5, [5, 4, 4.5]);
  store.end(resumed, done);
  const fork = begin('fork', { origin: { kind: 'fork', run: resumed, epoch: 4 } });
  record(fork, 5, [1.5, 0.125, 0.75]);
  store.end(fork, done);
  store.close();
}
