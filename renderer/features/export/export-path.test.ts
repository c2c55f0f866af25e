import { describe, expect, it } from 'vitest';
import { defaultFolder, folderName, within } from './export-path.ts';

describe('where an export goes', () => {
  it('makes a folder of a run’s name that every system takes', () => {
    expect(folderName('brisk-otter')).toBe('brisk-otter');
    expect(folderName('lr 0.1 / wide: "a"?')).toBe('lr-0.1-wide-a');
    expect(folderName('../../etc')).toBe('etc');
    expect(folderName('衣服 十类')).toBe('衣服-十类');
    expect(folderName('con')).toBe('run-con');
    expect(folderName('///')).toBe('run');
  });

  it('keeps the separator of the system', () => {
    expect(defaultFolder('/home/ada/fashion/', 'a b')).toBe('/home/ada/fashion/exports/a-b-tfjs');
    expect(defaultFolder('C:\\Users\\Ada\\fashion', 'a')).toBe('C:\\Users\\Ada\\fashion\\exports\\a-tfjs');
    expect(within('/', 'a')).toBe('/a');
  });
});
