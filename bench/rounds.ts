// Why: bench/decisions/0040-how-the-benches-measure.md
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench, Curves, Drawn, Job, Pass, Sample, Samples, Size } from './bench.js';

const PASS: Pass = { name: '' };
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Measures every variant once in each round, and begins each round with another variant. */
export async function interleavedRounds(
  bench: Bench,
  size: Size,
  rounds: number,
): Promise<{ readonly samples: Samples; readonly curves?: Readonly<Record<string, Curves>> }> {
  const samples: Record<string, Sample[]> = {};
  const curves: Record<string, Curves> = {};
  for (const { name } of bench.variants) samples[name] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % bench.variants.length;
    const order = [...bench.variants.slice(first), ...bench.variants.slice(0, first)];
    for (const { name } of order) {
      const sample: Record<string, number | null> = {};
      for (const pass of bench.passes ?? [PASS]) {
        if (round >= (pass.rounds ?? rounds)) continue;
        const job = { bench: bench.name, variant: name, round, pass: pass.name, size };
        const measured = await measureAlone(job, pass.flags);
        Object.assign(sample, measured.sample);
        if (round === 0 && measured.curves) curves[name] = measured.curves;
      }
      samples[name]?.push(sample);
    }
  }
  return { samples, ...(Object.keys(curves).length > 0 && { curves }) };
}

async function measureAlone(
  job: Job,
  flags: readonly string[] = [],
): Promise<Pick<Drawn, 'sample'> & Partial<Drawn>> {
  const args = ['--expose-gc', '--import', file('newest.js'), ...flags, file('child.js')];
  const child = spawn(process.execPath, [...args, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${job.bench} ${job.variant}: the process ended with ${code}`);
  const answer = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as Sample | Drawn;
  if (!('curves' in answer)) return { sample: rounded(answer as Sample) };
  const { sample, curves } = answer as Drawn;
  return { sample: rounded(sample), curves };
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
