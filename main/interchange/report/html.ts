/** Text that is HTML. What is put in is escaped unless it is HTML already. */

export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Part[];

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (Array.isArray(part)) return part.map(textOf).join('');
  return typeof part === 'object' ? (part as Html).html : escapeHtml(String(part));
}

export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + textOf(parts[index])).join('') };
}

export function raw(text: string): Html {
  return { html: text };
}
