/** Where the notes of lines stand: at the right end of their rows, or in rows of their own below where those are long. */
import { useEffect } from 'react';
import type { Editor, Monaco } from './load.ts';

/** Pixels; the static text is set alike, so that nothing jumps when the editor takes its place. */
export const lineHeight = 21;
export const padding = 8;
/** At the right of a note. */
const margin = 14;
/** Between a line and its note. */
const gap = 30;
/** The notes' letters beside the text's. */
const smaller = 12 / 12.5;

export interface LineNote {
  /** From 1, in the cell. */
  readonly line: number;
  readonly text: string;
}

/** What an editor's text takes up, in pixels. */
export interface Measured {
  /** Of each line: the top of its last row, and where that ends. */
  readonly lines: readonly { readonly top: number; readonly end: number }[];
  readonly width: number;
  /** Of a letter of a note. */
  readonly letter: number;
}

export function letterWidth(monaco: Monaco, editor: Editor): number {
  return editor.getOption(monaco.editor.EditorOption.fontInfo).typicalHalfwidthCharacterWidth * smaller;
}

export function sameMeasures(one: Measured, other: Measured): boolean {
  return (
    one.width === other.width &&
    one.letter === other.letter &&
    one.lines.length === other.lines.length &&
    one.lines.every(({ top, end }, index) => other.lines[index].top === top && other.lines[index].end === end)
  );
}

export interface PlacedNote extends LineNote {
  readonly top: number;
  /** Rows of its own below the line; 0: it stands beside it. */
  readonly rows: number;
  readonly maxWidth: number;
}

export function placeNotes(notes: readonly LineNote[], { lines, width, letter }: Measured): PlacedNote[] {
  return notes.flatMap((note) => {
    const place = lines[note.line - 1];
    if (!place) return [];
    const needed = note.text.length * letter;
    const beside = width - place.end - margin - gap;
    if (needed <= beside) return [{ ...note, top: place.top, rows: 0, maxWidth: beside }];
    const maxWidth = width - 2 * margin;
    return [{ ...note, top: place.top + lineHeight, rows: Math.ceil(needed / maxWidth), maxWidth }];
  });
}

/** Makes the rows that notes below their lines stand in. */
export function useRoomFor(notes: readonly PlacedNote[], editor: Editor | undefined): void {
  const wanted = notes
    .filter(({ rows }) => rows > 0)
    .map(({ line, rows }) => `${line}:${rows}`)
    .join(' ');
  useEffect(() => {
    if (!editor || wanted === '') return undefined;
    const zones: string[] = [];
    editor.changeViewZones((accessor) => {
      for (const one of wanted.split(' ')) {
        const [afterLineNumber, heightInLines] = one.split(':').map(Number);
        zones.push(accessor.addZone({ afterLineNumber, heightInLines, domNode: document.createElement('div') }));
      }
    });
    return () => editor.changeViewZones((accessor) => zones.forEach((zone) => accessor.removeZone(zone)));
  }, [editor, wanted]);
}
