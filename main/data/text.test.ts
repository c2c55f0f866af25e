import { describe, expect, it } from 'vitest';
import type { EpochbookError } from '#contract/errors.ts';
import type { DataStep, TextEncoding } from '#contract/spec.ts';
import { decodeText } from './encoding.ts';
import { fault, makeWorkspace } from './testing/workspace.ts';
import { encoderOf, fitTokenizer } from './tokenizer.ts';
import { writtenOut } from './windows.ts';

const { write, load } = makeWorkspace();
const target: DataStep = { op: 'target', column: 'y' };

describe('tokenizers', () => {
  it('numbers words by how often they are used, single signs of Chinese alike', () => {
    const tokenizer = fitTokenizer(["The cat, the dog; it's 42.", '猫和狗 the cat'], 100, { by: 'words', lowercase: true });
    expect(tokenizer.tokens).toEqual(['', '\uFFFD', 'the', 'cat', ',', '.', '42', ';', 'dog', "it's", '和', '狗', '猫']);
    expect(encoderOf(tokenizer)('The bird, 狗')).toEqual([2, 1, 4, 11]);
    const few = () => fitTokenizer(['a b', 'b c d'], 9, { by: 'words', lowercase: true }, { at: '/data/steps/1', most: 3 });
    expect(few).toThrow(expect.objectContaining({ code: 'data.tooManyWords', values: { most: 3 }, at: '/data/steps/1' }));
    expect(fitTokenizer(['a b', 'b c'], 9, { by: 'words', lowercase: true }, { most: 3 }).tokens).toHaveLength(5);
    expect(fitTokenizer(['a a b b b c'], 4, { by: 'words', lowercase: true }).tokens).toEqual(['', '\uFFFD', 'b', 'a']);
  });

  it('numbers characters, also those beyond 16 bits', () => {
    const tokenizer = fitTokenizer(['ab🙂a'], 100, { by: 'characters', lowercase: false });
    expect(encoderOf(tokenizer)('🙂bA')).toEqual([tokenizer.tokens.indexOf('🙂'), tokenizer.tokens.indexOf('b'), 1]);
  });

  it('joins the most frequent pairs, as in the paper’s example', () => {
    // Sennrich et al. 2016: low ×5, lower ×2, newest ×6, widest ×3 give es, est, lo, low, …
    const words = { low: 5, lower: 2, newest: 6, widest: 3 };
    const texts = Object.entries(words).flatMap(([word, times]) => Array.from({ length: times }, () => word));
    const tokenizer = fitTokenizer(texts, 2 + 10 + 4, { by: 'bytePairs', lowercase: false });
    expect(tokenizer.merges).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
      ['lo', 'w'],
    ]);
    const encode = encoderOf(tokenizer);
    expect(encode('lowest').map((token) => tokenizer.tokens[token])).toEqual(['low', 'est']);
  });

  it('gives back the text from its byte pairs', () => {
    const text = 'she sells sea shells  by the sea shore\nthe shells she sells\n'.repeat(3);
    const tokenizer = fitTokenizer([text], 60, { by: 'bytePairs', lowercase: false });
    const tokens = encoderOf(tokenizer)(text);
    expect(tokens.map((token) => tokenizer.tokens[token]).join('')).toBe(text);
    expect(tokens.length).toBeLessThan(text.length / 2);
  });
});

describe('text of a table', () => {
  const rows = Array.from({ length: 20 }, (_, row) => `${row % 2 ? 'good film' : 'bad, bad film'} w${row},${row % 2 ? 'up' : 'down'}`);

  it('becomes numbers by a vocabulary of the training part alone', async () => {
    write('reviews.csv', ['text,y', ...rows.map((row) => row.replace(/^(.*),/, '"$1",'))].join('\n'));
    const split: DataStep = { op: 'split', validation: 0.25, seed: 3 };
    const { dataset, preview } = await load({ format: 'csv', path: 'reviews.csv' }, target, { op: 'tokenize', length: 4 }, split);
    expect(dataset.inputShape).toEqual([4]);
    expect(dataset.classes).toEqual(['down', 'up']);
    const { tokens, padding, column } = dataset.text!;
    expect({ padding, column }).toEqual({ padding: 'post', column: 'text' });
    for (const row of dataset.validation!.rows) expect(tokens).not.toContain(`w${row}`);
    for (const row of dataset.train.rows) expect(tokens).toContain(`w${row}`);
    const first = [...dataset.train.inputs.subarray(0, 4)].map((token) => tokens[token]);
    expect(first).toEqual(['bad', ',', 'bad', 'film']);
    const second = dataset.train.rows.findIndex((row) => row % 2 === 1);
    expect([...dataset.train.inputs.subarray(second * 4, second * 4 + 4)].map((token) => tokens[token])).toEqual([
      'good',
      'film',
      `w${dataset.train.rows[second]}`,
      '',
    ]);
    expect(preview.text).toMatchObject({ by: 'words', length: 4, unknown: 0 });
    expect(preview.text?.samples[0]).toEqual({ label: 'down', tokens: first });
    expect(preview.text?.cut).toBeGreaterThan(0.3);
  });

  it('fills up and cuts in front where asked', async () => {
    write('short.csv', 'text,y\na b c d,u\na,v\n');
    const { dataset } = await load({ format: 'csv', path: 'short.csv' }, target, { op: 'tokenize', length: 3, padding: 'pre' });
    const words = Array.from(dataset.train.inputs, (token) => dataset.text!.tokens[token]);
    expect(words).toEqual(['b', 'c', 'd', '', '', 'a']);
  });

  it('refuses the target and columns that are not there', async () => {
    write('two.csv', 'text,y\na,u\nb,v\n');
    const source = { format: 'csv', path: 'two.csv' } as const;
    expect(await fault(load(source, target, { op: 'tokenize', column: 'y' }))).toMatchObject({ code: 'data.targetIsFeature' });
    expect(await fault(load(source, target, { op: 'tokenize', column: 'txt' }))).toMatchObject({
      code: 'data.columnMissingNear',
      values: { near: 'text' },
    });
  });
});

describe('files of text', () => {
  it('takes folders for classes', async () => {
    for (let index = 0; index < 4; index += 1) {
      write(`mails/spam/${index}.txt`, `win money ${index}`);
      write(`mails/ham/deep/${index}.txt`, `see you ${index}`);
    }
    write('mails/readme.txt', 'not a mail');
    const { dataset, preview } = await load({ format: 'textFolder', path: 'mails' }, { op: 'tokenize' });
    expect(dataset.classes).toEqual(['ham', 'spam']);
    expect(dataset.train.count).toBe(8);
    expect(preview.table?.columns.map(({ name, role }) => [name, role])).toEqual([
      ['text', 'feature'],
      ['label', 'target'],
    ]);
    write('one/only/a.txt', 'a');
    expect(await fault(load({ format: 'textFolder', path: 'one' }))).toMatchObject({ code: 'data.oneTextFolder' });
    expect(await fault(load({ format: 'textFolder', path: '.' }))).toMatchObject({ code: expect.stringContaining('data.') });
  });

  it('cuts a running text into what comes before each token, part after part', async () => {
    const text = 'abcdefghij'.repeat(30);
    write('poem.txt', text);
    const { dataset, preview } = await load(
      { format: 'text', path: 'poem.txt' },
      { op: 'tokenize', length: 5, stride: 7 },
      { op: 'split', validation: 0.2 },
    );
    const { tokens } = dataset.text!;
    const shown = (part: typeof dataset.train, sample: number) =>
      [...writtenOut(part).inputs.subarray(sample * 5, sample * 5 + 5), part.targets[sample]].map((token) => tokens[token]).join('');
    expect(shown(dataset.train, 0)).toBe('abcdef');
    expect(shown(dataset.train, 1)).toBe(text.slice(7, 13));
    expect(shown(dataset.validation!, 0)).toBe(text.slice(240, 246));
    expect(dataset.train.count).toBe(Math.floor((240 - 6) / 7) + 1);
    expect(dataset.classes).toHaveLength(12);
    expect(preview).toMatchObject({ findings: [], text: { by: 'characters', vocabulary: 12 } });
    expect(await fault(load({ format: 'text', path: 'poem.txt' }, { op: 'tokenize', length: 300 }))).toMatchObject({
      code: 'data.textShort',
    });
  });
});

describe('encodings', () => {
  const file = (bytes: Uint8Array) => ({ path: 'a.csv', bytes: Buffer.from(bytes) });
  const chinese = Uint8Array.from([0xc3, 0xfb, 0xb3, 0xc6, 0x2c, 0x31, 0x0a, 0xb1, 0xb1, 0xbe, 0xa9, 0x2c, 0x32]);

  it.each<[string, Uint8Array, string, string]>([
    ['UTF-8', Buffer.from('naïve 猫'), 'utf-8', 'naïve 猫'],
    ['UTF-16 with a mark', Buffer.from('\uFEFFa,猫', 'utf16le'), 'utf-16le', 'a,猫'],
    ['UTF-16 without', Buffer.from('size,name\n1,b', 'utf16le'), 'utf-16le', 'size,name\n1,b'],
    ['UTF-16 the other way round', Buffer.from('\uFEFFab', 'utf16le').swap16(), 'utf-16be', 'ab'],
    ['Latin-1', Buffer.from('prénom,âge\nZoë,4', 'latin1'), 'windows-1252', 'prénom,âge\nZoë,4'],
    ['Latin-1 with rare accents', Buffer.from('Köln,4', 'latin1'), 'windows-1252', 'Köln,4'],
    ['GBK', chinese, 'gbk', '名称,1\n北京,2'],
  ])('finds %s', (_, bytes, encoding, text) => {
    expect(decodeText(file(bytes), '/data/source/path')).toEqual({ text, encoding });
  });

  it('says the line where a text is damaged, or not what it is said to be', () => {
    const damaged = Buffer.concat([Buffer.from('名,b\n1,2\n'), Buffer.from([0xe5, 0x90]), Buffer.from('\n')]);
    expect(() => decodeText(file(damaged), '/data/source/path')).toThrow(
      expect.objectContaining({ code: 'data.encoding', where: { file: 'a.csv', line: 3 } }),
    );
    expect(() => decodeText(file(chinese), '/data/source/path', 'utf-8')).toThrow(
      expect.objectContaining({ code: 'data.encodingTold', values: expect.objectContaining({ line: 1, encoding: 'utf-8' }) }),
    );
    expect(decodeText(file(Buffer.from('é', 'latin1')), '/data/source/path', 'windows-1252').text).toBe('é');
  });

  it('says which others fit a text, from the line on that does not', () => {
    // 日本語テス in Shift JIS.
    const japanese = Buffer.concat([Buffer.from('name,n\n'), Buffer.from('93fa967b8cea836583582c310a', 'hex')]);
    const choices = (bytes: Buffer, told?: TextEncoding) => {
      try {
        return decodeText(file(bytes), '/data/source/path', told);
      } catch (error) {
        return JSON.parse(String((error as EpochbookError).values['choices']));
      }
    };
    expect(choices(japanese)).toEqual(expect.arrayContaining(['gbk', 'shift_jis']));
    expect(choices(japanese)).not.toContain('euc-kr');
    expect(choices(Buffer.from('\uFEFFa,é', 'utf16le'), 'utf-8')).toEqual(['utf-16le']);
    expect(choices(Buffer.from('a,é\nb,猫'), 'gbk')).toEqual(expect.arrayContaining(['utf-8']));
  });
});
