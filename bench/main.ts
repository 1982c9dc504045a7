import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Bench, Result, Results } from './bench.js';
import { benches } from './benches.js';
import { machine, versionsOf } from './environment.js';
import { page, section } from './page.js';
import { pictures } from './pictures/pictures.js';
import { interleavedRounds } from './rounds.js';
import { lostTargets } from './targets.js';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    /** Everything runs, nothing is measured well: for the smoke test. */
    tiny: { type: 'boolean', default: false },
    /** Where bench/results.json and docs/benchmarks.md are written. */
    out: { type: 'string', default: fileURLToPath(new URL('../../', import.meta.url)) },
  },
});
const known = benches.map(({ name }) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

const resultsFile = join(options.out, 'bench/results.json');
const before: Results = existsSync(resultsFile)
  ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Results)
  : {};
let results = before;

const chosen = benches.filter(({ name }) => names.length === 0 || names.includes(name));
for (const bench of chosen) if (!bench.run) await measured(bench);
// These wait nearly all of the time: together they take as long as the longest.
await Promise.all(chosen.filter(({ run }) => run !== undefined).map(measured));

const lost = lostTargets(chosen, before, results);
for (const { label, limit, value } of lost) {
  console.error(`no longer reached: ${label}: ${value}, where at most ${limit} was expected`);
}
process.exitCode = lost.length > 0 ? 1 : 0;

async function measured(bench: Bench): Promise<void> {
  const size = options.tiny ? bench.tiny : bench.size;
  const load = loadavg()[0] ?? 0;
  const startMs = performance.now();
  const found = bench.run
    ? { samples: await bench.run(size) }
    : await interleavedRounds(bench, size, options.tiny ? 1 : bench.rounds);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const day = new Date().toISOString().slice(0, 10);
  const versions = versionsOf(bench.packages);
  const result = { day, seconds, machine: machine(), load, versions, size, ...found };
  keep(bench, result);
  console.log(`\n${section(bench, result)}\n\n${bench.name}: ${seconds} s`);
}

/** After each bench: what was measured before an interruption stays. */
function keep({ name }: Bench, result: Result): void {
  results = { ...results, [name]: result };
  for (const folder of ['bench', 'docs/pictures']) {
    mkdirSync(join(options.out, folder), { recursive: true });
  }
  writeFileSync(resultsFile, `${compact(JSON.stringify(results, null, 2))}\n`);
  writeFileSync(join(options.out, 'docs/benchmarks.md'), page(benches, results));
  for (const [file, picture] of Object.entries(pictures(results))) {
    writeFileSync(join(options.out, 'docs/pictures', file), picture);
  }
}

/** Arrays of numbers on one line. */
function compact(json: string): string {
  return json.replaceAll(/\[[\s\d.,]+\]/g, (list) => list.replaceAll(/\s+/g, ' '));
}
