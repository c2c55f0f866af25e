/**
 * What TypeScript says of the cells that are on the screen. Monaco's own asks for every cell when it is opened, and again
 * only for the one that was typed in: here a name that is changed above marks the cells below, too.
 */
import * as typescript from 'monaco-editor/languages/features/typescript/register';
import type { Model } from './load.ts';
import type { monaco as Monaco } from './monaco.ts';

const owner = 'typescript';
/** After the last change: what is half typed is not called wrong. */
const quietMs = 500;
/** A cell is a script whose value is its last expression: an expression that is not used is the point of it. */
const meant = new Set([1375, 1378, 7028]);

type Worker = Awaited<ReturnType<Awaited<ReturnType<typeof typescript.getTypeScriptWorker>>>>;
type Diagnostic = Awaited<ReturnType<Worker['getSemanticDiagnostics']>>[number];

/** TypeScript's worker knows these cells, and with them the names that others use. */
export async function tellLanguage(models: readonly Model[]): Promise<Worker> {
  const worker = await workerWhenSetUp();
  return worker(...models.map(({ uri }) => uri));
}

const setUpMs = 50;

/** Monaco sets a language up in its own time after the first text in it was made, and refuses until then. */
async function workerWhenSetUp(): Promise<Awaited<ReturnType<typeof typescript.getTypeScriptWorker>>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await typescript.getTypeScriptWorker();
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, setUpMs));
    }
  }
}

export function offerDiagnostics(monaco: typeof Monaco): void {
  typescript.typescriptDefaults.setModeConfiguration({
    ...typescript.typescriptDefaults.modeConfiguration,
    diagnostics: false,
    // Another takes its place, see rename.ts.
    rename: false,
    // Nothing that is shown asks for these, and they are asked for at each key.
    documentHighlights: false,
    documentSymbols: false,
    inlayHints: false,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), quietMs);
  };

  async function look(): Promise<void> {
    const turn = (asked += 1);
    const seen = monaco.editor.getModels().filter((model) => model.isAttachedToEditor());
    if (seen.length === 0) return;
    const worker = await tellLanguage(seen);
    for (const model of seen) {
      const file = model.uri.toString();
      const found = await Promise.all([
        worker.getSyntacticDiagnostics(file),
        worker.getSemanticDiagnostics(file),
        worker.getSuggestionDiagnostics(file),
      ]);
      // Something was typed meanwhile: that is looked at in its turn.
      if (turn !== asked) return;
      if (model.isDisposed()) continue;
      const marks = found.flat().filter(({ code }) => !meant.has(code));
      monaco.editor.setModelMarkers(
        model,
        owner,
        marks.map((one) => markerOf(monaco, model, one)),
      );
    }
  }

  const follow = (model: Model) => {
    model.onDidChangeContent(() => {
      asked += 1;
      soon();
    });
    model.onDidChangeAttached(soon);
  };
  monaco.editor.getModels().forEach(follow);
  monaco.editor.onDidCreateModel(follow);
  // It says the same in another language.
  typescript.typescriptDefaults.onDidChange(() => {
    asked += 1;
    soon();
  });
}

function markerOf(monaco: typeof Monaco, model: Model, { start = 0, length = 1, ...said }: Diagnostic) {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(start + length);
  const { MarkerSeverity, MarkerTag } = monaco;
  // TypeScript counts warning, error, suggestion, message.
  const severity =
    [MarkerSeverity.Warning, MarkerSeverity.Error, MarkerSeverity.Hint, MarkerSeverity.Info][said.category] ?? MarkerSeverity.Info;
  const tags = [...(said.reportsUnnecessary ? [MarkerTag.Unnecessary] : []), ...(said.reportsDeprecated ? [MarkerTag.Deprecated] : [])];
  return {
    severity,
    tags,
    message: flat(said.messageText),
    code: String(said.code),
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  };
}

/** A message and those that explain it, each a step further in. */
function flat(message: Diagnostic['messageText'], depth = 0): string {
  if (typeof message === 'string') return message;
  const more = (message.next ?? []).map((next) => `\n${'  '.repeat(depth + 1)}${flat(next, depth + 1)}`);
  return message.messageText + more.join('');
}
