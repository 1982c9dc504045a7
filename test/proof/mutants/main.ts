/**
 * Makes each mistake in a copy of the source and runs the layers of test/proof/model against it; writes the
 * table into docs/model-testing.md. Ends with 1 if a mutant lives. Run: npm run test:mutants
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers, root, runLayers, type Verdict } from './layers.js';
import { type Mutant, mutants } from './mutants.js';
import { writeTable } from './table.js';

const PARALLEL = 2;
const folder = join(root, '.tmp/mutants');

function copySource(name: string, mutant?: Mutant): string {
  const source = join(folder, name, 'src');
  cpSync(join(root, 'src'), source, { recursive: true });
  if (mutant) {
    const path = join(source, mutant.file);
    const text = readFileSync(path, 'utf8');
    if (text.split(mutant.find).length !== 2) throw new Error(`${mutant.name}: not found once`);
    writeFileSync(
      path,
      text.replace(mutant.find, () => mutant.replace),
    );
  }
  return source;
}

async function judge(name: string, mutant?: Mutant): Promise<Verdict> {
  const source = copySource(name, mutant);
  return runLayers(source, join(folder, name, 'report.json'));
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const untouched = await judge('untouched');
if (untouched === 'timeout' || untouched.killedBy.length > 0) {
  throw new Error(`the source itself does not pass: ${JSON.stringify(untouched)}`);
}
const verdicts: Verdict[] = [];
const queue = [...mutants.entries()];
const work = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [i, mutant] = next;
    const verdict = await judge(String(i), mutant);
    verdicts[i] = verdict;
    const text = verdict === 'timeout' ? verdict : verdict.killedBy.join(', ') || 'LIVES';
    console.log(`${mutant.name}: ${text}`);
  }
};
await Promise.all(Array.from({ length: PARALLEL }, work));
rmSync(folder, { recursive: true, force: true });

writeTable(mutants, verdicts);
const isKilled = (verdict: Verdict) => verdict === 'timeout' || verdict.killedBy.length > 0;
const living = mutants.filter((_, i) => !isKilled(verdicts[i] as Verdict));
for (const layer of layers) {
  const killed = verdicts.filter((v) => v !== 'timeout' && v.killedBy.includes(layer)).length;
  console.log(`${layer}: ${killed} of ${mutants.length}`);
}
console.log(`${mutants.length - living.length} of ${mutants.length} killed`);
if (living.length > 0) process.exitCode = 1;
