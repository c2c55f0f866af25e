/**
 * How long has been worked since, in milliseconds: while other programs have the processor, as training does, no time
 * passes for a cell. All threads of the process count, and never more than the time that has passed.
 */
export function startClock(): () => number {
  const from = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.min(performance.now() - from, (user + system) / 1000);
  };
}
