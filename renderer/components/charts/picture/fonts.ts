/** The app's font in a picture, which has no page around it to take one from. */

/** One file of the font: the characters it has, as `unicode-range` tells them, and where it lies. */
export interface Face {
  readonly ranges: readonly (readonly [from: number, to: number])[];
  readonly rangeText: string;
  readonly weight: string;
  readonly address: string;
}

/** The first family of a list as CSS has it: `'Inter Variable', Inter, sans-serif`. */
export const firstFamily = (families: string): string =>
  families
    .split(',', 1)[0]
    .trim()
    .replaceAll(/^['"]|['"]$/g, '');

/** Characters that the app ships no font for are drawn in what the reader's machine has, which is told by name. */
export function pictureFamilies(families: string): string {
  const generic = /,\s*(?:system-ui|sans-serif).*$/.exec(families)?.[0] ?? '';
  const own = families.slice(0, families.length - generic.length);
  const more = ['Noto Sans CJK SC', 'Noto Sans', 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji'];
  // In an attribute of an SVG, which is in double quotes.
  return `${own.replaceAll('"', "'")}, ${more.map((name) => `'${name}'`).join(', ')}${generic}`;
}

/** `U+0370-0377,U+38C`. Without one, a file has every character. */
export function rangesOf(text: string): [from: number, to: number][] {
  if (text.trim() === '') return [[0, 0x10ffff]];
  return text.split(',').flatMap((part): [number, number][] => {
    const [, from, to] = /^\s*U\+([0-9a-f?]+)(?:-([0-9a-f]+))?\s*$/i.exec(part) ?? [];
    if (from === undefined) return [];
    const first = Number.parseInt(from.replaceAll('?', '0'), 16);
    return [[first, to === undefined ? Number.parseInt(from.replaceAll('?', 'f'), 16) : Number.parseInt(to, 16)]];
  });
}

/** Those that a text needs. */
export function facesFor(text: string, faces: readonly Face[]): Face[] {
  const codes = new Set(Array.from(text, (character) => character.codePointAt(0)!));
  return faces.filter(({ ranges }) => ranges.some(([from, to]) => [...codes].some((code) => code >= from && code <= to)));
}

/** The files of a family that the page's own style sheets name. */
function facesOfPage(family: string): Face[] {
  return Array.from(document.styleSheets).flatMap((sheet) =>
    Array.from(sheet.cssRules).flatMap((rule): Face[] => {
      if (!(rule instanceof CSSFontFaceRule)) return [];
      const told = (name: string): string => rule.style.getPropertyValue(name);
      const [, address] = /url\(["']?([^"')]+)["']?\)/.exec(told('src')) ?? [];
      if (firstFamily(told('font-family')) !== family || address === undefined || told('font-style') === 'italic') return [];
      const rangeText = told('unicode-range');
      return [
        {
          ranges: rangesOf(rangeText),
          rangeText,
          weight: told('font-weight') || '400',
          address: new URL(address, sheet.href ?? document.baseURI).href,
        },
      ];
    }),
  );
}

const contents = new Map<string, Promise<string>>();

/** A file as an address that holds it. */
function contentOf(address: string): Promise<string> {
  let content = contents.get(address);
  if (!content) {
    content = (async () => {
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      let text = '';
      for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
      return `data:font/woff2;base64,${btoa(text)}`;
    })();
    contents.set(address, content);
    // The next picture tries again.
    content.catch(() => contents.delete(address));
  }
  return content;
}

/** Rules that carry the files of the first of `families` that `text` needs. */
export async function fontRules(text: string, families: string): Promise<string> {
  const family = firstFamily(families);
  const rules = facesFor(text, facesOfPage(family)).map(async ({ rangeText, weight, address }) => {
    const range = rangeText === '' ? '' : `;unicode-range:${rangeText}`;
    return `@font-face{font-family:'${family}';font-weight:${weight};src:url(${await contentOf(address)}) format('woff2')${range}}`;
  });
  return (await Promise.all(rules)).join('');
}
