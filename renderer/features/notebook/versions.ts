/**
 * Versions of one notebook, laid side by side: cells by their ids, the front matter, and the text between two cells by
 * the cell above it.
 */
import type { Block, CellKind } from '#contract/notebook.ts';

interface Piece {
  /** The same in every version: `cell ID`, `front`, `text after ID`. */
  readonly key: string;
  readonly kind: CellKind | 'prose' | 'front';
  /** The cell that it is, or that it stands under; undefined at the top. */
  readonly cell: string | undefined;
  readonly blocks: readonly Block[];
  /** As a user reads it: a cell's source, or the text. */
  readonly text: string;
}

export interface Change {
  readonly key: string;
  readonly kind: Piece['kind'];
  readonly cell: string | undefined;
  /** Undefined: it is not there. */
  readonly base: string | undefined;
  readonly mine: string | undefined;
  readonly theirs: string | undefined;
  /** Who changed it since `base`; both where that is not known. */
  readonly by: 'mine' | 'theirs' | 'both';
}

export type Side = 'mine' | 'theirs';

function piecesOf(blocks: readonly Block[]): Piece[] {
  const pieces: Piece[] = [];
  let cell: string | undefined;
  for (const block of blocks) {
    const last = pieces.at(-1);
    if (block.type === 'cell') {
      cell = block.id;
      pieces.push({ key: `cell ${cell}`, kind: block.kind, cell, blocks: [block], text: block.source });
    } else if (block.type === 'front') {
      pieces.push({ key: 'front', kind: 'front', cell: undefined, blocks: [block], text: block.text });
    } else if (last?.kind === 'prose') {
      pieces[pieces.length - 1] = { ...last, blocks: [...last.blocks, block], text: last.text + block.text };
    } else {
      pieces.push({ key: `text after ${cell ?? ''}`, kind: 'prose', cell, blocks: [block], text: block.text });
    }
  }
  return pieces;
}

/** Blank lines and line ends at the edges are the file's affair, and a cell's kind is not. */
function readable(piece: Piece | undefined): string | undefined {
  if (!piece) return undefined;
  const text = piece.text.replaceAll('\r\n', '\n').trim();
  if (piece.kind === 'prose' && text === '') return undefined;
  return piece.kind === 'prose' || piece.kind === 'front' ? text : `${piece.kind}\n${text}`;
}

const byKey = (pieces: readonly Piece[]) => new Map(pieces.map((piece) => [piece.key, piece]));

/** Keys in the order that `first` has them; what only `second` has stands where it does there. */
function mergedOrder(first: readonly Piece[], second: readonly Piece[]): string[] {
  const order = first.map(({ key }) => key);
  const known = new Set(order);
  for (const [index, { key }] of second.entries()) {
    if (known.has(key)) continue;
    known.add(key);
    const before = index === 0 ? -1 : order.indexOf(second[index - 1].key);
    order.splice(before + 1, 0, key);
  }
  return order;
}

function isSameOrder(one: readonly Piece[], other: readonly Piece[]): boolean {
  const shared = (pieces: readonly Piece[], others: readonly Piece[]) => {
    const keys = byKey(others);
    return pieces.filter(({ key, kind }) => kind !== 'prose' && keys.has(key)).map(({ key }) => key);
  };
  return shared(one, other).join('\n') === shared(other, one).join('\n');
}

/** The order of whoever moved something; mine where both did. */
function orderOf(base: readonly Piece[] | undefined, mine: readonly Piece[], theirs: readonly Piece[]): string[] {
  const theyMoved = base !== undefined && isSameOrder(base, mine) && !isSameOrder(base, theirs);
  return theyMoved ? mergedOrder(theirs, mine) : mergedOrder(mine, theirs);
}

/** Where `mine` and `theirs` differ, in the order of the merged notebook. */
export function changesBetween(base: readonly Block[] | undefined, mine: readonly Block[], theirs: readonly Block[]): Change[] {
  const basePieces = base && piecesOf(base);
  const minePieces = piecesOf(mine);
  const theirPieces = piecesOf(theirs);
  const before = byKey(basePieces ?? []);
  const ours = byKey(minePieces);
  const others = byKey(theirPieces);
  return orderOf(basePieces, minePieces, theirPieces).flatMap((key) => {
    const [was, here, there] = [before, ours, others].map((pieces) => readable(pieces.get(key)));
    if (here === there) return [];
    const { kind, cell } = (ours.get(key) ?? others.get(key))!;
    const by = base === undefined ? 'both' : was === there ? 'mine' : was === here ? 'theirs' : 'both';
    const shown = (pieces: ReadonlyMap<string, Piece>) => pieces.get(key)?.text.replaceAll('\r\n', '\n').trim();
    return [{ key, kind, cell, base: shown(before), mine: shown(ours), theirs: shown(others), by } satisfies Change];
  });
}

/** One notebook of both: `chosen` says for each change whose piece stays; what is not in it is the changer's, or mine. */
export function mergeVersions(
  base: readonly Block[] | undefined,
  mine: readonly Block[],
  theirs: readonly Block[],
  chosen: ReadonlyMap<string, Side>,
): Block[] {
  const minePieces = piecesOf(mine);
  const theirPieces = piecesOf(theirs);
  const ours = byKey(minePieces);
  const others = byKey(theirPieces);
  const changes = new Map(changesBetween(base, mine, theirs).map((change) => [change.key, change]));
  return orderOf(base && piecesOf(base), minePieces, theirPieces).flatMap((key) => {
    const change = changes.get(key);
    if (!change) return [...(ours.get(key) ?? others.get(key))!.blocks];
    const side = chosen.get(key) ?? (change.by === 'theirs' ? 'theirs' : 'mine');
    return [...((side === 'mine' ? ours : others).get(key)?.blocks ?? [])];
  });
}

/** What a notebook would become: how many cells are other, new and gone, and whether its texts differ. */
export function countChanges(from: readonly Block[], to: readonly Block[]) {
  const changes = changesBetween(from, to, from);
  const cells = changes.filter(({ kind }) => kind !== 'prose' && kind !== 'front');
  return {
    changed: cells.filter(({ mine, theirs }) => mine !== undefined && theirs !== undefined).length,
    added: cells.filter(({ theirs }) => theirs === undefined).length,
    removed: cells.filter(({ mine }) => mine === undefined).length,
    texts: changes.length - cells.length,
  };
}
