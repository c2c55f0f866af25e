import markdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { addFormulas, addTaskLists, withTaskTicked } from './prose.ts';

const markdown = markdownIt({ html: false });
addFormulas(markdown, (tex, display) => `<math${display ? ' display' : ''}>${tex}</math>`);
addTaskLists(markdown, true);
const html = (text: string) => markdown.render(text).trim();

test('formulas in a line and on their own', () => {
  expect(html('So $w_i$ and $$x$$.')).toBe('<p>So <math>w_i</math> and <math display>x</math>.</p>');
  expect(html('$$\nL = \\frac{1}{n}\n\n+ 1\n$$')).toBe('<p><math display>L = \\frac{1}{n}\n\n+ 1</math></p>');
  expect(html('$$ x^2 $$')).toBe('<p><math display>x^2</math></p>');
  expect(html('> $$\n> x\n> $$')).toContain('<math display>x</math>');
  expect(html('```math\na_b\n```')).toBe('<p><math display>a_b\n</math></p>');
  expect(html('- $a*b*c$')).toContain('<math>a*b*c</math>');
});

test('prices, escapes, code and what is not closed stay text', () => {
  for (const text of ['It costs $5 and $10.', '\\$a$ b', '`$a$`', '$ a $', '$$', '$$\nnever closed', 'a$$', '$a\\$']) {
    expect(html(text)).not.toContain('<math');
  }
});

test('task lists know their line, and it can be ticked in the text', () => {
  const text = 'To do:\n\n- [ ] read\n- [x] train\n  1. [ ] faster\n- [ ](link) no task';
  const made = html(text);
  expect(made.match(/data-line="\d+"/g)).toEqual(['data-line="2"', 'data-line="3"', 'data-line="4"']);
  expect(made.match(/checked/g)).toHaveLength(1);
  expect(withTaskTicked(text, 2, true).split('\n')[2]).toBe('- [x] read');
  expect(withTaskTicked(text, 3, false).split('\n')[3]).toBe('- [ ] train');
});
