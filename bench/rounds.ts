import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench, Job, Pass, Sample, Samples, Size } from './bench.js';

const PASS: Pass = { name: '' };
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Measures every variant once in each round, and begins each round with another variant. */
export async function interleavedRounds(
  bench: Bench,
  size: Size,
  rounds: number,
): Promise<Samples> {
  const samples: Record<string, Sample[]> = {};
  for (const { name } of bench.variants) samples[name] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % bench.variants.length;
    const order = [...bench.variants.slice(first), ...bench.variants.slice(0, first)];
    for (const { name } of order) {
      const sample: Record<string, number | null> = {};
      for (const pass of bench.passes ?? [PASS]) {
        if (round >= (pass.rounds ?? rounds)) continue;
        const job = { bench: bench.name, variant: name, round, pass: pass.name, size };
        Object.assign(sample, await measureAlone(job, pass.flags));
      }
      samples[name]?.push(sample);
    }
  }
  return samples;
}

async function measureAlone(job: Job, flags: readonly string[] = []): Promise<Sample> {
  const args = ['--expose-gc', '--import', file('newest.js'), ...flags, file('child.js')];
  const child = spawn(process.execPath, [...args, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${job.bench} ${job.variant}: the process ended with ${code}`);
  return rounded(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Sample);
}

/** To six digits: the rest is noise, and would only make the file longer. */
export function rounded(sample: Sample): Sample {
  return Object.fromEntries(
    Object.entries(sample).map(([metric, value]) => [
      metric,
      value === null ? null : Number(value.toPrecision(6)),
    ]),
  );
}
