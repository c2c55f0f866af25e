import { expect, test } from 'vitest';
import { classesName, classFolders } from './class-folders.ts';

const file = (path: string) => ({ below: path.split('/').slice(0, -1).join('/'), name: path.split('/').at(-1)! });

test('folders of nothing but pictures side by side are classes; one alone, one with a table or with folders is none', () => {
  const cats = [file('cats/1.png'), file('cats/2.JPG')];
  const dogs = [file('dogs/1.webp')];
  expect(classFolders([...cats, ...dogs, file('notes.csv')])).toEqual(['cats', 'dogs']);
  expect(classFolders(cats)).toEqual([]);
  expect(classFolders([...cats, file('faces/1.png'), file('faces/labels.csv')])).toEqual([]);
  expect(classFolders([...cats, ...dogs, file('flowers/rose/1.png'), file('flowers/tulip/1.png')])).toEqual(['cats', 'dogs']);
});

test('their folder has a name of its own', () => {
  expect(classesName(new Set())).toBe('images');
  expect(classesName(new Set(['images', 'images-2']))).toBe('images-3');
});
