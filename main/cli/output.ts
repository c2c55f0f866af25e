/** Standard output holds a command's result and nothing else; all the rest goes to standard error. */
import { Console } from 'node:console';

/** A library's own prints must not end up in someone's JSON. */
export function keepOutputClean(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}

/** Numbers that JSON lacks become the strings "NaN", "Infinity" and "-Infinity". */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item));
}

/** Lines of the result. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** One JSON value, on a line of its own. */
export function printJson(value: unknown): void {
  print(toJson(value));
}

/** Lines about what is going on. */
export function note(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
}
