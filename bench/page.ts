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

This command writes \`bench/results.json\`, and this page from it:

\`\`\`sh
npm run bench
\`\`\`

All benches together took ${Math.ceil(seconds / 60)} minutes. They run one after the other; only those that mostly wait run at the same time.
Each section names the command that measures only this section. Compare the ratios: absolute times differ between machines, and on one
machine from hour to hour.

- **What is measured**: the built package with the newest XState. The variants that are XState charts use the same XState. The other
  libraries are in the newest versions that run on Node 20: for cockatiel that is 3.2.1, for p-retry 7.1.1.
- **How**: each figure comes from a separate process, which warms up, measures once and ends. A round measures every
  variant, and each round begins with a different one. The tables show the median of the rounds and, in brackets, the minimum and the maximum.
  A ratio is the median of the ratios within each round.
- **"elapsed ÷ p-retry"** is the elapsed time of the variant divided by that of p-retry. The sign ÷ in a target means the same.
- **"Compiled" and "XState’s"** name the [engine](engines.md).
- **"leaves out"**: the features that a variant lacks; after a semicolon comes a remark. A variant that leaves out much should cost less.
  *States*, *events*: its state can be read and followed. *Sessions*: it keeps a connection, and does not only retry a call.
  *Deadline*: an attempt has a time limit. *Delay*: it waits between attempts. *Stop*: a command ends the variant gracefully.
  *Release*: each connection is closed exactly once.
- **When it fails**: the command compares the new figures with those in \`bench/results.json\`. It ends with an error if a target that was
  reached before is now missed by more than ${MARGIN * 100} %. No test has a limit on time; a smoke test runs each bench at a tiny size.`;
}

function targets(benches: readonly Bench[], results: Results): string {
  const rows = targetsOf(benches, results).map(
    ({ bench, label, limit, digits, value, isReached }) =>
      `| \`${bench}\` | ${label} | ${format(limit, digits)} | ${value === null ? 'not measured' : format(value, digits)} | ${isReached ? 'yes' : '**no**'} |`,
  );
  return `## Targets

The section of each bench explains the words of its targets; those of \`fleet\` are explained in [the storm](#a-storm-of-clients).

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
