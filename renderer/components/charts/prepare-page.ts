/**
 * What Plotly wants of a page, before it is evaluated.
 * It writes no rules of its own where it finds this id and class; not a style element, since even an empty one is
 * refused by the Content-Security-Policy. And one of its parts (has-hover) reads Node's name for the global object.
 */
export function preparePage(): void {
  const id = 'plotly.js-style-global';
  if (!document.getElementById(id)) {
    const mark = document.createElement('meta');
    mark.id = id;
    mark.className = 'no-inline-styles';
    document.head.append(mark);
  }
  const page = globalThis as { global?: unknown };
  page.global ??= globalThis;
}

preparePage();
