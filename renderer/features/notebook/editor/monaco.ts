/**
 * Monaco with one language and the features that a cell has a use for: each of them is part of every editor, and works at
 * every key. What is left out are minimap-like views of long files, inline completions of a service, colours, links.
 */
import 'monaco-editor/features/anchorSelect/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codeEditor/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/dnd/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/gotoSymbol/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/lineSelection/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/longLinesHelper/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/parameterHints/register';
import 'monaco-editor/features/referenceSearch/register';
import 'monaco-editor/features/rename/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/tokenization/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/features/wordPartOperations/register';
// The feature of this name brings inline completions along.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import { SuggestWidget } from 'monaco-editor/editor/contrib/suggest/browser/suggestWidget';
import type { Locale } from '#contract/words/message.ts';
// Vite makes a default export of a file asked for as a worker.
// oxlint-disable-next-line import/default
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import * as monaco from 'monaco-editor/editor/editor.api';
import * as typescript from 'monaco-editor/languages/features/typescript/register';
import { keywords } from './highlight.ts';
// oxlint-disable-next-line import/default
import TypeScriptWorker from './typescript.worker.ts?worker';

self.MonacoEnvironment = {
  getWorker: (_id: string, label: string) => (label === 'typescript' ? new TypeScriptWorker() : new EditorWorker()),
};

export { offerDiagnostics, tellLanguage } from './diagnostics.ts';
export { offerLayerFacts } from './hover.ts';
export { offerRename } from './rename.ts';
export { monaco };

/** A cell reaches the language itself alone: no DOM, no Node. */
const library = ['es2022'];

const { typescriptDefaults } = typescript;
typescriptDefaults.setCompilerOptions({
  target: typescript.ScriptTarget.ESNext,
  module: typescript.ModuleKind.ESNext,
  lib: library,
  strict: true,
  noEmit: true,
  allowNonTsExtensions: true,
});
typescriptDefaults.setEagerModelSync(true);

/** What a list of suggestions says that has none: the only words on the screen that Monaco keeps for all editors. */
export function sayOfLists(words: { readonly loading: string; readonly none: string }): void {
  SuggestWidget.LOADING_MESSAGE = words.loading;
  SuggestWidget.NO_SUGGESTIONS_MESSAGE = words.none;
}

/** What TypeScript says is in the language of `locale`; so are `typings`, which describe what cells are written with. */
export function speak(locale: Locale, typings: string | undefined): void {
  const options = typescriptDefaults.getCompilerOptions();
  if (options['locale'] !== locale) typescriptDefaults.setCompilerOptions({ ...options, locale });
  if (typings !== undefined) typescriptDefaults.setExtraLibs([{ content: typings, filePath: 'file:///epochbook.d.ts' }]);
}

// The app has its own commands, and these keys run cells.
const { KeyCode, KeyMod } = monaco;
const ours = [
  KeyCode.F1,
  KeyMod.CtrlCmd | KeyCode.Enter,
  KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Enter,
  // Finding goes over all cells.
  KeyMod.CtrlCmd | KeyCode.KeyF,
  KeyMod.CtrlCmd | KeyCode.KeyH,
  KeyMod.CtrlCmd | KeyMod.Alt | KeyCode.KeyF,
  KeyMod.CtrlCmd | KeyCode.KeyG,
  KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.KeyG,
  KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF,
  // Notebooks are changed with these.
  KeyMod.Alt | KeyCode.PageDown,
  KeyMod.Alt | KeyCode.PageUp,
  KeyMod.CtrlCmd | KeyCode.PageDown,
  KeyMod.CtrlCmd | KeyCode.PageUp,
  KeyCode.F3,
  KeyMod.Shift | KeyCode.F3,
];
for (const keybinding of ours) {
  monaco.editor.addKeybindingRule({ keybinding, command: null });
}

monaco.languages.register({ id: 'typescript', extensions: ['.ts'] });

/** Monaco wants colours, not custom properties. They are read from the tokens, so that there is one place for them. */
export function applyEditorTheme(): void {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => toHex(style.getPropertyValue(name).trim());
  const dark = document.documentElement.dataset['theme'] === 'dark';
  const rule = (token: string, name: string) => ({ token, foreground: color(name).slice(1, 7) });
  monaco.editor.defineTheme('epochbook', {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('', '--ink'),
      rule('identifier', '--ink'),
      rule('type.identifier', '--ink'),
      rule('delimiter', '--ink-2'),
      rule('keyword', '--code-keyword'),
      rule('function', '--code-function'),
      rule('string', '--code-string'),
      rule('regexp', '--code-string'),
      rule('number', '--code-number'),
      rule('comment', '--code-comment'),
    ],
    colors: {
      'editor.background': '#00000000',
      'editor.foreground': color('--ink'),
      'editorCursor.foreground': color('--accent'),
      'editorLineNumber.foreground': color('--ink-3'),
      'editorLineNumber.activeForeground': color('--ink-3'),
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': `${color('--accent')}40`,
      'editor.inactiveSelectionBackground': `${color('--accent')}26`,
      'editor.wordHighlightBackground': `${color('--accent')}1a`,
      // Colour is for what words mean: brackets have one.
      ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, color('--ink-2')])),
      'editorBracketMatch.background': color('--accent-wash'),
      'editorBracketMatch.border': color('--line-strong'),
      'editorWidget.background': color('--surface'),
      'editorWidget.border': color('--line-strong'),
      'editorSuggestWidget.selectedBackground': color('--accent-wash'),
      'editorSuggestWidget.selectedForeground': color('--ink'),
      'editorSuggestWidget.highlightForeground': color('--accent-ink'),
      'editorSuggestWidget.focusHighlightForeground': color('--accent-ink'),
      'editorHoverWidget.background': color('--surface'),
      'editorHoverWidget.border': color('--line-strong'),
      'editorError.foreground': color('--bad'),
      'editorWarning.foreground': color('--warn'),
      'peekView.border': color('--line-strong'),
      'peekViewTitle.background': color('--sunken'),
      'peekViewTitleLabel.foreground': color('--ink'),
      'peekViewTitleDescription.foreground': color('--ink-2'),
      'peekViewEditor.background': color('--surface'),
      'peekViewResult.background': color('--paper'),
      'peekViewResult.fileForeground': color('--ink'),
      'peekViewResult.lineForeground': color('--ink-2'),
      'peekViewResult.selectionBackground': color('--accent-wash'),
      'peekViewResult.selectionForeground': color('--ink'),
      'peekViewResult.matchHighlightBackground': color('--found'),
      'peekViewEditor.matchHighlightBackground': color('--found'),
      focusBorder: color('--accent'),
    },
  });
  monaco.editor.setTheme('epochbook');
}

function toHex(text: string): string {
  if (/^#[\da-f]{6}([\da-f]{2})?$/i.test(text)) return text;
  if (/^#[\da-f]{3}$/i.test(text)) return text.replaceAll(/[\da-f]/gi, '$&$&');
  return '#808080';
}

/**
 * The language's own grammar, a little more: names before a bracket are calls. Monaco's TypeScript grammar does not
 * tell them apart, and the calls are what a notebook is made of.
 */
monaco.languages.setMonarchTokensProvider('typescript', {
  keywords,
  tokenizer: {
    root: [
      [/[A-Za-z_$][\w$]*(?=\s*\()/, { cases: { '@keywords': 'keyword', '@default': 'function' } }],
      [/[A-Za-z_$][\w$]*/, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
      [/\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/, 'number'],
      [/0[xX][\da-fA-F_]+/, 'number'],
      [/\/\/.*$/, 'comment'],
      [/\/\*/, 'comment', '@comment'],
      [/'(?:\\.|[^'\\])*'?/, 'string'],
      [/"(?:\\.|[^"\\])*"?/, 'string'],
      [/`/, 'string', '@template'],
      [/[{}()[\]]/, '@brackets'],
      [/[;,.]/, 'delimiter'],
    ],
    comment: [
      [/[^*]+/, 'comment'],
      [/\*\//, 'comment', '@pop'],
      [/\*/, 'comment'],
    ],
    template: [
      [/\$\{/, 'delimiter', '@expression'],
      [/(?:\\.|[^`\\$])+/, 'string'],
      [/\$/, 'string'],
      [/`/, 'string', '@pop'],
    ],
    expression: [[/\}/, 'delimiter', '@pop'], { include: 'root' }],
  },
});

monaco.languages.setLanguageConfiguration('typescript', {
  comments: { lineComment: '//', blockComment: ['/*', '*/'] },
  brackets: [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
  ],
  autoClosingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string'] },
    { open: '`', close: '`', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: "'", close: "'" },
    { open: '"', close: '"' },
    { open: '`', close: '`' },
  ],
  onEnterRules: [
    { beforeText: /[{[(]\s*$/, afterText: /^\s*[\])}]/, action: { indentAction: monaco.languages.IndentAction.IndentOutdent } },
  ],
  indentationRules: { increaseIndentPattern: /[{[(][^}\])]*$/, decreaseIndentPattern: /^\s*[}\])]/ },
});
