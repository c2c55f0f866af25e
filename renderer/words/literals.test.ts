/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync } from '@swc/core';
import { expect, test } from 'vitest';

const renderer = join(import.meta.dirname, '..');
/** Names, which are the same in every language. */
const names = /^(Epochbook|TensorBoard|MLflow|ONNX|TensorFlow|TensorFlow\.js|WebGPU|SHA-256)$/;
/** Attributes that a person reads or hears. */
const spoken =
  /^(title|placeholder|alt|label|hint|text|error|message|description|aria-(label|description|valuetext|roledescription|placeholder))$/;

type Node = { readonly type?: string; readonly [key: string]: unknown };

/** Text in a component's markup that is in no catalogue. */
function literalsIn(source: string): string[] {
  const found: string[] = [];
  const note = (text: unknown) => {
    const words = typeof text === 'string' ? text.trim() : '';
    if (/\p{L}{2}/u.test(words) && !names.test(words)) found.push(words);
  };
  /** What an expression says by itself: a string, a template's own parts, either end of a choice. */
  const said = (node: Node | undefined): void => {
    if (node?.type === 'StringLiteral') note(node['value']);
    else if (node?.type === 'TemplateLiteral') for (const piece of node['quasis'] as Node[]) note(piece['cooked']);
    else if (node?.type === 'ConditionalExpression') for (const end of ['consequent', 'alternate']) said(node[end] as Node);
    else if (node?.type === 'BinaryExpression') {
      if (/^(\+|\|\||\?\?)$/.test(String(node['operator']))) said(node['left'] as Node);
      if (/^(\+|&&|\|\||\?\?)$/.test(String(node['operator']))) said(node['right'] as Node);
    } else if (node?.type === 'ParenthesisExpression') said(node['expression'] as Node);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const one = node as Node;
    if (one.type === 'JSXText') note(one['value']);
    else if (one.type === 'JSXElement' || one.type === 'JSXFragment') {
      for (const child of one['children'] as Node[]) if (child.type === 'JSXExpressionContainer') said(child['expression'] as Node);
    } else if (one.type === 'JSXAttribute' && spoken.test(String((one['name'] as Node)['value']))) {
      const value = one['value'] as Node | null;
      said(value?.type === 'JSXExpressionContainer' ? (value['expression'] as Node) : (value ?? undefined));
    }
    for (const value of Object.values(one)) walk(value);
  };
  walk(parseSync(source, { syntax: 'typescript', tsx: true, target: 'es2022' }));
  return found;
}

test('no component has words of its own', () => {
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  expect(files.length).toBeGreaterThan(40);
  const literals = files.flatMap((file) =>
    literalsIn(readFileSync(join(renderer, file), 'utf8')).map((text) => `${relative('.', file)}: ${text}`),
  );
  expect(literals).toEqual([]);
});

test('text, attributes, templates and choices are noticed; code, signs and names are not', () => {
  const found = literalsIn(
    'const a = <p title="Hello" className="big" aria-label={x ? `Run ${n}` : t("a.b")}>Some text {"more"} {t("key")} · {n} ms <b>Epochbook</b>{x && "no"}</p>;',
  );
  expect(found).toEqual(['more', 'no', 'Hello', 'Run', 'Some text', 'ms']);
});
