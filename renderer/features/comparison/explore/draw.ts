/** Drawing on a canvas in the page's colours, sharp on any screen. */
import type { RunSummary } from '#contract/runs.ts';
import { readTheme } from '../../../components/charts/theme.ts';
import { runColorToken } from '../../../components/charts/palette.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Clears the canvas and gives its context in CSS pixels. */
export function beginDrawing(canvas: HTMLCanvasElement, { width, height }: Size): CanvasRenderingContext2D | undefined {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export interface RunColors {
  readonly of: (run: RunSummary) => string;
  readonly faint: string;
  readonly ink: string;
  readonly accent: string;
}

/** Each token is read once. */
export function runColors(): RunColors {
  const theme = readTheme();
  const known = new Map<string, string>();
  return {
    faint: theme.color('--line-strong'),
    ink: theme.ink,
    accent: theme.color('--accent'),
    of(run) {
      const token = runColorToken(run.color);
      const color = known.get(token) ?? theme.color(token);
      known.set(token, color);
      return color;
    },
  };
}

/** With many runs, lines are thin enough that dense places show as such. */
export function strength(count: number): number {
  return Math.min(1, Math.max(0.12, 24 / Math.max(1, count)));
}
