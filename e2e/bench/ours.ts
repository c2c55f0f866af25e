/**
 * Our side of the benchmark, in a process of its own so that its memory is one job's: for each line "epoch" on stdin trains
 * one more epoch and prints its seconds and the process' largest resident memory in bytes; for "step" the seconds from the
 * model's description to the end of the first step of a new training.
 *
 * usage: ours.ts MODEL THREADS BACKEND
 */
import { createInterface } from 'node:readline';
import { openBackend } from '#engine/backends/index.ts';
import { sliceBatch } from '#engine/loop/batches.ts';
import { openSession } from '#engine/loop/session.ts';
import { train } from '#engine/loop/train.ts';
import { makeJob } from './jobs.ts';

const [model, threads, name] = process.argv.slice(2);
const backend = await openBackend(name, { threads: Number(threads) });
const events = train(makeJob(model, 1000), { backend });

async function epochSeconds(): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the run ended early');
    if (value.type === 'epochEnded') return (performance.now() - began) / 1000;
  }
}

async function firstStepSeconds(): Promise<number> {
  const job = makeJob(model, 1);
  const began = performance.now();
  const session = openSession(job, await openBackend(name, { threads: Number(threads) }));
  try {
    await session.step(sliceBatch(job.data.train, 0, job.train.batchSize), 1, 1e-3);
    return (performance.now() - began) / 1000;
  } finally {
    await session.dispose();
  }
}

console.log(`ready ${backend.version}`);
for await (const line of createInterface({ input: process.stdin })) {
  const seconds = line === 'step' ? await firstStepSeconds() : await epochSeconds();
  console.log(seconds, process.resourceUsage().maxRSS * 1024);
}
process.exit(0);
