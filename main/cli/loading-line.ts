/** That the data is being read, and how much of it is, until the run begins. */
import type { Payload } from '#contract/events.ts';
import { createProgressLine, type ProgressLine } from './progress.ts';
import { duration } from './text/numbers.ts';
import { say } from './words.ts';

const turnMs = 200;

export interface LoadingLine {
  progressed(progress: Pick<Payload<'training.progressed'>, 'phase' | 'step' | 'steps'>): void;
  /** Takes the line away. */
  end(): void;
}

export function createLoadingLine(line: ProgressLine = createProgressLine()): LoadingLine {
  let began: number | undefined;
  let share: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const time = duration(performance.now() - (began ?? 0));
    line.show(share === undefined ? say('cli.loading', { time }) : say('cli.loadingShare', { percent: Math.floor(share * 100), time }));
  };
  const end = () => {
    clearInterval(timer);
    timer = undefined;
    line.clear();
  };
  return {
    progressed({ phase, step, steps }) {
      if (phase !== 'loading') {
        end();
        return;
      }
      began ??= performance.now();
      if (steps > 0) share = step / steps;
      // Some data does not tell how far it is: that it is being read is said all the same.
      timer ??= setInterval(tell, turnMs);
    },
    end,
  };
}
