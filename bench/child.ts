import type { Job, Measure } from './bench.js';

// The whole life of a fresh process: one job in, one line of JSON out.
const job = JSON.parse(process.argv[2] as string) as Job;
const { measure } = (await import(`./${job.bench}/measure.js`)) as { measure: Measure };
process.stdout.write(`\n${JSON.stringify(await measure(job))}\n`);
process.exit();
