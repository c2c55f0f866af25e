/** What a shell remembers from one start to the next. Losing it costs nothing but comfort, so it never fails loudly. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WindowPlace {
  /** On the screen, in its own pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

export interface Remembered {
  /** Absolute path of the workspace that was open last. */
  readonly workspace?: string;
  readonly window?: WindowPlace;
}

const fileName = 'remembered.json';

export function readRemembered(folder: string): Remembered {
  try {
    const { workspace, window } = JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as Record<keyof Remembered, unknown>;
    return { ...(typeof workspace === 'string' && { workspace }), ...(isWindowPlace(window) && { window }) };
  } catch {
    return {};
  }
}

export function remember(folder: string, change: Remembered): void {
  const file = join(folder, fileName);
  try {
    mkdirSync(folder, { recursive: true });
    const written = `${file}.${process.pid}`;
    writeFileSync(written, `${JSON.stringify({ ...readRemembered(folder), ...change }, undefined, 2)}\n`);
    renameSync(written, file);
  } catch {
    // A disk that is full or read-only: next time starts as this time did.
  }
}

function isWindowPlace(value: unknown): value is WindowPlace {
  if (typeof value !== 'object' || value === null) return false;
  const place = value as Record<keyof WindowPlace, unknown>;
  const numbers = [place.x, place.y, place.width, place.height];
  return numbers.every((number) => Number.isInteger(number)) && typeof place.maximized === 'boolean';
}
