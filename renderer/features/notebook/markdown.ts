/** Prose as HTML. Raw HTML in the text is shown as text, and what comes out is cleaned once more. */
import DOMPurify from 'dompurify';
import markdownIt from 'markdown-it';

const markdown = markdownIt({ html: false, linkify: true, typographer: false });
const purify = DOMPurify(window);
// A link leaves the app for the system's browser.
purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noreferrer noopener');
  }
});

export function renderProse(text: string): string {
  return purify.sanitize(markdown.render(text), { ADD_ATTR: ['target'] });
}
