import type { Bench, Result, Results } from './bench.js';
import { format, table } from './table.js';
import { MARGIN, targetsOf } from './targets.js';

/** docs/benchmarks.md, from bench/results.json. */
export function page(benches: readonly Bench[], results: Results): string {
  const sections = benches.flatMap((bench) => {
    const result = results[bench.name];
    return result === undefined ? [] : [section(bench, result)];
  });
  return `${[intro(benches, results), targets(benches, results), ...sections].join('\n\n')}\n`;
}

function intro(benches: readonly Bench[], results: Results): string {
  const secondsOf = (isWaiting: boolean) =>
    benches
      .filter(({ run }) => (run !== undefined) === isWaiting)
      .map(({ name }) => results[name]?.seconds ?? 0);
  const seconds = Math.max(...secondsOf(true)) + secondsOf(false).reduce((sum, s) => sum + s, 0);
  return `# Benchmarks

This page and \`bench/results.json\`, from which it is made, are written by

\`\`\`sh
npm run bench
\`\`\`

The benches took ${Math.ceil(seconds / 60)} minutes in all, one after the other, but for those that only wait, which go together;
each section names the command that makes its table alone. Read the ratios: absolute times differ from machine to machine, and on one machine from
hour to hour.

- **What is measured** is the built package, with XState at its newest, which all the charts here run with. The peers are at
  the newest that run on Node 20: for cockatiel that is 3.2.1, for p-retry 7.1.1.
- **How.** Each figure comes from a process of its own, which warms up, measures once and ends. A round measures every
  variant, and each round begins with another one. Shown is the median of the rounds and, in brackets, the least and the most.
  A ratio is the median of the ratios within each round.
- **What a peer leaves out** stands in its row: many of them do less, and should cost less.
- **When it fails.** The command ends with an error when a target that \`bench/results.json\` shows as reached is missed by
  more than ${MARGIN * 100} %. No test has a limit on time; a smoke test runs each bench at a tiny size.`;
}

function targets(benches: readonly Bench[], results: Results): string {
  const rows = targetsOf(benches, results).map(
    ({ bench, label, limit, digits, value, isReached }) =>
      `| \`${bench}\` | ${label} | ${format(limit, digits)} | ${value === null ? 'not measured' : format(value, digits)} | ${isReached ? 'yes' : '**no**'} |`,
  );
  return `## Targets

| bench | what | at most | measured | reached |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

/** What is said of one bench. */
export function section(bench: Bench, result: Result): string {
  const { day, machine, load, versions, samples } = result;
  const rounds = Math.max(...Object.values(samples).map((list) => list.length));
  const repeats = rounds === 1 ? '' : `, ${rounds} ${bench.repeats ?? 'rounds'}`;
  const installed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `## ${bench.title}

${bench.method}

\`\`\`sh
npm run bench -- ${bench.name}
\`\`\`

${bench.picture ? `![${bench.picture.shows}](pictures/${bench.picture.file})\n\n` : ''}${table(bench, samples)}

${bench.remarks ? `${bench.remarks}\n\n` : ''}Taken on ${day}${repeats}; ${machine}, load ${load.toFixed(1)} before it began; ${installed.join(', ')}.`;
}
