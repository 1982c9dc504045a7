// Why: docs/decisions/0005-mutants.md
/**
 * Runs the layers of test/proof/model against each mistake of the table; writes what they saw into
 * docs/model-testing.md; then the same on the compiled engine, whose table is not written. Ends with 1 if a mutant lives. Run: npm run test:mutants, or with a few names
 * (npm run test:mutants -- 'a failure is not counted'), which writes nothing.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, engines, layers, root, runLayers, type Verdict } from './layers.js';
import { mutants } from './mutants.js';
import { writeTable } from './table.js';

const PARALLEL = 2;
const folder = join(root, '.tmp/mutants');

const names = process.argv.slice(2);
const unknown = names.filter((name) => !mutants.some((mutant) => mutant.name === name));
if (unknown.length > 0) throw new Error(`no such mutant: ${unknown.join(', ')}`);
const chosen = mutants
  .map((mutant, index) => ({ mutant, index }))
  .filter(({ mutant }) => names.length === 0 || names.includes(mutant.name));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

for (const engine of engines) await runAll(engine);
rmSync(folder, { recursive: true, force: true });

async function runAll(engine: Engine): Promise<void> {
  console.log(`on the engine ${engine}:`);
  const startedMs = performance.now();
  await runLayers(join(folder, 'untouched.json'), engine);
  // A mutant that hangs is killed: much later than the source needs on this machine, now that two run at a time.
  const deadlineMs = Math.max(90_000, 4 * (performance.now() - startedMs));

  const verdicts = new Map<number, Verdict>();
  const queue = [...chosen];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { mutant, index } = next;
      const verdict = await runLayers(join(folder, `${index}.json`), engine, { index, deadlineMs });
      verdicts.set(index, verdict);
      const text = verdict === 'timeout' ? verdict : verdict.killedBy.join(', ') || 'LIVES';
      console.log(`${mutant.name}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));

  if (names.length === 0 && engine === 'xstate') writeTable(mutants, verdicts);
  const all = [...verdicts.values()];
  const isKilled = (verdict: Verdict) => verdict === 'timeout' || verdict.killedBy.length > 0;
  for (const layer of layers) {
    const killed = all.filter((v) => v !== 'timeout' && v.killedBy.includes(layer)).length;
    console.log(`${layer}: ${killed} of ${all.length}`);
  }
  console.log(`${all.filter(isKilled).length} of ${all.length} killed`);
  if (!all.every(isKilled)) process.exitCode = 1;
}
