/** Prose as HTML: raw HTML in it is shown as text, links lead only to the web, and images come from the report itself. */
import markdownIt from 'markdown-it';
import { renderToString } from 'katex';
import { addFormulas, addTaskLists } from '#contract/prose.ts';
import { escapeHtml, type Html, raw } from './html.ts';

/** `images`: data addresses by the paths that the prose names. */
export function renderProse(text: string, images: ReadonlyMap<string, string>): Html {
  const markdown = markdownIt({ html: false, linkify: true, typographer: false });
  // As MathML, which browsers set by themselves: a report brings no fonts.
  addFormulas(markdown, (tex, display) =>
    renderToString(tex, {
      displayMode: display,
      output: 'mathml',
      throwOnError: false,
      trust: false,
      strict: 'ignore',
      maxExpand: 500,
    }),
  );
  addTaskLists(markdown, false);
  const mayLink = markdown.validateLink.bind(markdown);
  markdown.validateLink = (url) => mayLink(url) && !/^\s*data:/i.test(url);
  markdown.renderer.rules['image'] = (tokens, index, _options, _environment) => {
    const token = tokens[index];
    const source = String(token.attrGet('src') ?? '');
    const known = images.get(source) ?? images.get(decoded(source));
    // An address on the web would be asked for by whoever reads the report.
    if (known === undefined) return `<em>${escapeHtml(token.content)}</em>`;
    return `<img src="${escapeHtml(known)}" alt="${escapeHtml(token.content)}">`;
  };
  return raw(markdown.render(text));
}

/** Paths of the images that a text names, addresses on the web left out. */
export function imagesIn(text: string): string[] {
  const tokens = markdownIt({ html: false }).parse(text, {});
  return tokens
    .flatMap(({ children }) => children ?? [])
    .flatMap((token) => (token.type === 'image' ? [decoded(String(token.attrGet('src') ?? ''))] : []))
    .filter((source) => source !== '' && !/^[a-z][a-z\d+.-]*:|^\/\//i.test(source));
}

function decoded(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}
