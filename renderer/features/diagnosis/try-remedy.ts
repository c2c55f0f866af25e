/** Turns the knobs of a run's notebook as a remedy says, and shows them; what trains next has them. */
import type { RunSummary } from '#contract/runs.ts';
import type { KnobValue } from '#contract/spec.ts';
import { toast } from '../../components/toast-store.ts';
import { formatsNow, translate } from '../../words/use-words.ts';
import { useNotebookStore } from '../notebook/notebook-store.ts';
import { goToRun, runAll } from '../notebook/run-in-view.ts';

export async function tryRemedy(run: RunSummary, set: Readonly<Record<string, KnobValue>>): Promise<void> {
  await goToRun(run);
  // Why it could not be opened has been told.
  if (useNotebookStore.getState().path !== run.notebook) return;
  const isThere = (name: string): boolean => useNotebookStore.getState().knobs.some((knob) => knob.name === name);
  const names = Object.keys(set);
  // A notebook that was only just opened has not told its knobs yet.
  if (!names.every(isThere)) await useNotebookStore.getState().evaluate();
  const gone = names.find((name) => !isThere(name));
  if (gone !== undefined) {
    toast({ text: translate('diagnosis.knobGone', { knob: gone, notebook: run.notebook }), tone: 'bad' });
    return;
  }
  const { setKnob } = useNotebookStore.getState();
  for (const name of names) setKnob(name, set[name]);
  const values = names.map((name) => `${name} = ${formatsNow().setting(set[name])}`).join(', ');
  toast({ text: translate('diagnosis.isSet', { values }), action: { label: translate('frame.runAll'), run: () => void runAll() } });
}
