/** How far something is, on standard error: one line that changes on a terminal, a line now and then elsewhere. */
const terminalMs = 100;
const otherMs = 5_000;

export interface ProgressLine {
  show(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

export function createProgressLine(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let [last, isShown] = [performance.now(), false];
  return {
    show(text) {
      const now = performance.now();
      if (now - last < (stream.isTTY ? terminalMs : otherMs)) return;
      last = now;
      isShown = stream.isTTY;
      stream.write(stream.isTTY ? `\r${text}\u001B[K` : `${text}\n`);
    },
    clear() {
      if (isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
}
