/** What is used here of modules that Monaco publishes without types. */
declare module 'monaco-editor/languages/features/typescript/ts.worker' {
  interface CreateData {
    readonly compilerOptions: { readonly locale?: string };
  }
  export function initialize(create: (context: unknown, data: CreateData) => unknown): void;
  export function create(context: unknown, data: CreateData): unknown;
  export const ts: {
    readonly typescript: { setLocalizedDiagnosticMessages(messages: Readonly<Record<string, string>>): void };
  };
}

declare module 'monaco-editor/editor/contrib/suggest/browser/suggestWidget' {
  export const SuggestWidget: { LOADING_MESSAGE: string; NO_SUGGESTIONS_MESSAGE: string };
}
