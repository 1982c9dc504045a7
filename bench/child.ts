import type { Job, Measure } from './bench.js';

// The whole life of a fresh process: one job in, one line of JSON out.
const job = JSON.parse(process.argv[2] as string) as Job;
const { measure } = (await import(`./${job.bench}/measure.js`)) as { measure: Measure };
// Some of what was measured lives on, sockets and timers: the process does not wait for them.
process.stdout.write(`\n${JSON.stringify(await measure(job))}\n`, () => process.exit());
