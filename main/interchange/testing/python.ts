/** Python with other tools' packages, for tests: `EPOCHBOOK_PYTHON`, or `python3`. Where a package is missing, they are skipped. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const python = process.env['EPOCHBOOK_PYTHON'] ?? 'python3';

export function hasPackages(...names: readonly string[]): boolean {
  const all = names.map((name) => `u.find_spec(${JSON.stringify(name)})`).join(' and ');
  return spawnSync(python, ['-c', `import importlib.util as u; assert ${all}`]).status === 0;
}

/** What a script beside this file prints last, as JSON. */
export function askPython(script: string, ...values: readonly string[]): unknown {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [file, ...values], { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/** Python's float.hex, as a number. */
export function fromHex(text: string): number {
  const match = /^(-?)0x([01])\.([0-9a-f]+)p([+-]\d+)$/.exec(text);
  if (!match) return { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[text] ?? Number.NaN;
  const [, sign, whole, digits, power] = match;
  const size = (Number(whole) + Number.parseInt(digits, 16) / 16 ** digits.length) * 2 ** Number(power);
  return sign === '' ? size : -size;
}
