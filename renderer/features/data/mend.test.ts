import { expect, test } from 'vitest';
import { fixesOf } from './mend.ts';

test('a text of another encoding may be read as each that fits, where its own call says so', () => {
  const error = { code: 'data.encoding', message: '', values: { choices: '["gbk","shift_jis"]' } };
  expect(fixesOf(error)).toContainEqual({ do: 'setOption', of: 'csv', name: 'encoding', value: "'gbk'" });
  expect(fixesOf(error)).toContainEqual({ do: 'setOption', of: 'textFolder', name: 'encoding', value: "'shift_jis'" });
  // Of the validation data: an option would go to the training data's source.
  expect(fixesOf({ ...error, at: '/data/steps/0/data/source/path' })).toEqual([]);
  const missing = { code: 'data.missingValue', message: '', values: { column: 'size' }, at: '/data/steps/0/data/source' };
  expect(fixesOf(missing)).toHaveLength(2);
});
