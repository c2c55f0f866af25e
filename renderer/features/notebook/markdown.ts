/** Prose as HTML. Raw HTML in the text is shown as text, and what comes out is cleaned once more. */
import DOMPurify from 'dompurify';
import markdownIt from 'markdown-it';
import { addFormulas, addTaskLists } from '#contract/prose.ts';
import { type KaTeX, plainFormula, renderFormula } from './formulas.ts';

let katex: KaTeX | undefined;
const markdown = markdownIt({ html: false, linkify: true, typographer: false });
addFormulas(markdown, (tex, display) => (katex ? renderFormula(katex, tex, display) : plainFormula(tex)));
addTaskLists(markdown, true);
// An image is a file of the workspace, which has no address: it is put in when it is there. Nothing is fetched from the web.
markdown.renderer.rules['image'] = (tokens, index) => {
  const { content } = tokens[index];
  const escape = markdown.utils.escapeHtml;
  return `<img data-source="${escape(String(tokens[index].attrGet('src') ?? ''))}" alt="${escape(content)}">`;
};

const purify = DOMPurify(window);
// A link leaves the app for the system's browser.
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noreferrer noopener');
  }
});

/** Without `loaded`, formulas stay as they are written. */
export function renderProse(text: string, loaded?: KaTeX): string {
  katex = loaded;
  // KaTeX puts what was written into its MathML, as text.
  return purify.sanitize(markdown.render(text), { ADD_ATTR: ['target'], ADD_TAGS: ['semantics', 'annotation'] });
}
