/** TypeScript for the cells, as Monaco has it, saying what is wrong in the language of the screen. */
import { create, initialize, ts } from 'monaco-editor/languages/features/typescript/ts.worker';
// As TypeScript publishes it (Apache License 2.0), of the version that Monaco has.
import chinese from '../../../words/zh-CN/typescript.json';

// In place of Monaco's own, which was set just now. The language changes with a new worker.
// oxlint-disable-next-line unicorn/prefer-add-event-listener
self.onmessage = () =>
  initialize((context, data) => {
    if (data.compilerOptions.locale === 'zh-CN') ts.typescript.setLocalizedDiagnosticMessages(chinese);
    return create(context, data);
  });
