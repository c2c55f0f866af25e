/**
 * Renaming over all cells. Monaco's own takes `{ units }` for a name alone, and would change which option is meant;
 * TypeScript knows to write `{ units: width }`.
 */
import { useNotebookStore } from '../notebook-store.ts';
import { keyOfUri } from './load.ts';
import type { monaco as Monaco } from './monaco.ts';
import * as typescript from 'monaco-editor/languages/features/typescript/register';

/** What of TypeScript's answer is used; offsets in the file. */
interface RenameLocation {
  readonly fileName: string;
  readonly textSpan: { readonly start: number; readonly length: number };
  readonly prefixText?: string;
  readonly suffixText?: string;
}
interface RenameInfo {
  readonly canRename: boolean;
  readonly localizedErrorMessage?: string;
}
interface Worker {
  getRenameInfo(file: string, offset: number, options: object): Promise<RenameInfo>;
  findRenameLocations(
    file: string,
    offset: number,
    strings: boolean,
    comments: boolean,
    aliases: boolean,
  ): Promise<RenameLocation[] | undefined>;
}

export function offerRename(monaco: typeof Monaco): void {
  monaco.languages.registerRenameProvider('typescript', {
    async provideRenameEdits(model, position, newName) {
      const offset = model.getOffsetAt(position);
      const worker = (await (await typescript.getTypeScriptWorker())(model.uri)) as unknown as Worker;
      const file = model.uri.toString();
      const info = await worker.getRenameInfo(file, offset, {});
      if (!info.canRename) return { edits: [], rejectReason: info.localizedErrorMessage ?? newName };
      const found = (await worker.findRenameLocations(file, offset, false, false, true)) ?? [];
      const texts = new Map<string, string>();
      // From the end, so that what comes before keeps its place.
      for (const { fileName, textSpan, prefixText = '', suffixText = '' } of found.sort((a, b) => b.textSpan.start - a.textSpan.start)) {
        const resource = monaco.Uri.parse(fileName);
        const key = keyOfUri(resource.path);
        const text = key === undefined ? undefined : (texts.get(key) ?? monaco.editor.getModel(resource)?.getValue());
        if (key === undefined || text === undefined) continue;
        const end = textSpan.start + textSpan.length;
        texts.set(key, text.slice(0, textSpan.start) + prefixText + newName + suffixText + text.slice(end));
      }
      // All cells at once, so that one undo brings all back; for Monaco there is nothing left to do.
      useNotebookStore.getState().rewrite(texts);
      return { edits: [] };
    },
  });
}
