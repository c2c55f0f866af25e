/**
 * Plotly's core with its one trace, scatter: no WebGL, no maps, nothing that compiles code at run time, so it
 * works under a strict Content-Security-Policy. Its rules are in charts.css. Imported only through `import()`,
 * after the first paint.
 */
import './prepare-page.ts';
import Plotly from 'plotly.js/lib/core';

export { Plotly };
