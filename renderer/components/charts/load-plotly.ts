/** Plotly is some megabytes of code: it is loaded once something is drawn, or soon will be. */
export type Plotly = (typeof import('./plotly.ts'))['Plotly'];

let loading: Promise<Plotly> | undefined;

export function loadPlotly(): Promise<Plotly> {
  loading ??= import('./plotly.ts').then(
    ({ Plotly }) => Plotly,
    (error: unknown) => {
      // The next chart tries again.
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Where charts are a click away: loaded as soon as the page has nothing else to do. Returns a function that ends this. */
export function foreseeCharts(): () => void {
  const number = requestIdleCallback(() => void loadPlotly().catch(() => undefined), { timeout: 3000 });
  return () => cancelIdleCallback(number);
}
