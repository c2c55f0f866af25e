/** The chart's colours and font, read from the page's tokens: SVG made by Plotly wants plain values. */
import { useSyncExternalStore } from 'react';

export interface ChartTheme {
  readonly font: string;
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly surface: string;
  /** The value of a custom property. */
  color(token: string): string;
}

export function readTheme(element: Element = document.documentElement): ChartTheme {
  const style = getComputedStyle(element);
  const color = (token: string): string => style.getPropertyValue(token).trim() || style.color;
  return {
    font: style.getPropertyValue('--font').trim() || 'sans-serif',
    ink: color('--ink'),
    quiet: color('--ink-3'),
    line: color('--line'),
    surface: color('--surface'),
    color,
  };
}

let paper: HTMLElement | undefined;

/** The light theme, whichever the page is in. */
export function printTheme(): ChartTheme {
  if (!paper?.isConnected) {
    paper = document.createElement('div');
    paper.dataset['theme'] = 'light';
    paper.hidden = true;
    document.body.append(paper);
  }
  return readTheme(paper);
}

let themeNumber = 0;

function subscribe(listener: () => void): () => void {
  const changed = (): void => {
    themeNumber++;
    listener();
  };
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', changed);
  };
}

/** A number that changes with the theme, so that what was read from the tokens is read again. */
export function useThemeNumber(): number {
  return useSyncExternalStore(subscribe, () => themeNumber);
}
