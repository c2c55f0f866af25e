import { expect, test } from 'vitest';
import { withParamDefault } from './param-default.ts';

test('the default alone is changed, whatever surrounds it', () => {
  expect(withParamDefault("adam({ learningRate: param('rate', 1e-3, { min: 1e-5, log: true }) })", 'rate', 0.0003)).toBe(
    "adam({ learningRate: param('rate', 0.0003, { min: 1e-5, log: true }) })",
  );
  expect(withParamDefault('param( "units" ,\n  (2 * 8) )', 'units', 32)).toBe('param( "units" ,\n  32 )');
  expect(withParamDefault("param('flip', true)", 'flip', false)).toBe("param('flip', false)");
});

test('a text keeps its quotes, and what they would end is escaped', () => {
  expect(withParamDefault('param("name", "a, b)", { choices: [] })', 'name', 'it "is"')).toBe(
    'param("name", "it \\"is\\"", { choices: [] })',
  );
  expect(withParamDefault("param('name', 'a')", 'name', "o'clock")).toBe("param('name', 'o\\'clock')");
});

test('comments, texts and other names are left alone', () => {
  const text = "// param('a', 1)\nconst s = \"param('a', 2)\"\nmyparam('a', 3)\nparam('b', 4)\nparam('a', 5)";
  expect(withParamDefault(text, 'a', 9)).toBe(text.replace('5', '9'));
  expect(withParamDefault("param('b', 1)", 'a', 9)).toBeUndefined();
  expect(withParamDefault('param(name, 1)', 'name', 9)).toBeUndefined();
});
