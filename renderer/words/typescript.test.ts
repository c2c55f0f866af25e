/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import chinese from './zh-CN/typescript.json';

test('all that the editor’s TypeScript calls an error is there in Chinese', () => {
  const editor = join(import.meta.dirname, '../../node_modules/monaco-editor/esm/vs/languages/features/typescript/lib');
  const services = readFileSync(join(editor, 'typescriptServices.js'), 'utf8');
  const errors = [...services.matchAll(/: diag\(\s*([\de]+),\s*1,\s*"(\w+)"/g)];
  expect(errors.length).toBeGreaterThan(1000);
  const left = errors.filter(([, , key]) => !Object.hasOwn(chinese, key)).map(([, code]) => Number(code));
  // Of CommonJS modules, which a cell is not: TypeScript names them in another way in its own list.
  expect(left).toEqual([1286, 1293, 1295]);
});
