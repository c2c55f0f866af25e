/** The front matter: `---`, lines of YAML, `---`. Only two plain keys of it are ours; the rest is left alone. */
import { EpochbookError, type PlainError, toPlainError } from '#contract/errors.ts';

export const formatVersion = 1;

export interface FrontMatter {
  /** Lines it takes, its fences included; 0 where there is none. */
  readonly lines: number;
  readonly title: string | undefined;
  readonly problems: PlainError[];
}

/** A YAML scalar on one line: plain, 'single' or "double" quoted; a comment after it is left out. */
function scalar(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('"')) {
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(trimmed)?.[0];
    try {
      if (quoted !== undefined) return JSON.parse(quoted) as string;
    } catch {
      return quoted!.slice(1, -1);
    }
  }
  const single = /^'((?:[^']|'')*)'/.exec(trimmed)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  return trimmed.replace(/(?:^|\s)#.*$/, '').trim();
}

/** `lines` without their line ends, a byte order mark already taken off. */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  if (!/^---[ \t]*$/.test(lines[0] ?? '')) {
    return {
      lines: 0,
      title: undefined,
      problems: [toPlainError(new EpochbookError('notebook.frontMissing', {}, { where: { line: 1 } }))],
    };
  }
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)[ \t]*$/.test(line));
  if (end === -1) {
    return {
      lines: 0,
      title: undefined,
      problems: [toPlainError(new EpochbookError('notebook.frontUnclosed', {}, { where: { line: 1 } }))],
    };
  }
  let title: string | undefined;
  let version: { text: string; line: number } | undefined;
  for (let index = 1; index < end; index += 1) {
    const entry = /^(epochbook|title)[ \t]*:(?:[ \t]+(.*))?$/.exec(lines[index]);
    if (!entry) continue;
    if (entry[1] === 'title') title ??= scalar(entry[2] ?? '');
    else version ??= { text: scalar(entry[2] ?? ''), line: index + 1 };
  }
  const problems: PlainError[] = [];
  if (version === undefined || version.text === '') {
    problems.push(toPlainError(new EpochbookError('notebook.versionMissing', {}, { where: { line: version?.line ?? 1 } })));
  } else if (version.text !== String(formatVersion)) {
    const values = { found: version.text, known: formatVersion };
    problems.push(toPlainError(new EpochbookError('notebook.versionUnknown', values, { where: { line: version.line } })));
  }
  return { lines: end + 1, title: title === '' ? undefined : title, problems };
}

/** The front matter of a new notebook, with its fences. */
export function printFrontMatter(title: string): string {
  const plain =
    /^[\p{L}\p{N}][^:#"'\n\r[\]{}&*!|>%@`]*$/u.test(title) &&
    title.trim() === title &&
    !/^(?:true|false|null|yes|no|~|[\d.]+)$/i.test(title);
  return `---\nepochbook: ${formatVersion}\ntitle: ${plain ? title : JSON.stringify(title)}\n---\n`;
}
