/**
 * Runs the proofs of the compiled engine against each mistake in it, and in what writes it. Ends with 1 if one lives
 * that should not. Run: npm run test:mutants:engine, or with a few names.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineMutant, engineMutants } from './engineMutants.js';
import { root } from './layers.js';

const PARALLEL = 2;
const names = process.argv.slice(2);
const chosen = engineMutants
  .map((mutant, index) => ({ mutant, index }))
  .filter(({ mutant }) => names.length === 0 || names.includes(mutant.name));
const folder = join(root, '.tmp/engine-mutants');
mkdirSync(folder, { recursive: true });

let isWrong = false;
const queue = [...chosen];
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { mutant, index } = next;
      const isKilled = await isSeen(mutant, index);
      const expected = mutant.equivalent === undefined;
      if (isKilled !== expected) isWrong = true;
      const verdict = isKilled ? 'killed' : (mutant.equivalent ?? 'LIVES');
      console.log(`${mutant.name}: ${verdict}`);
    }
  }),
);
rmSync(folder, { recursive: true });
if (isWrong) process.exitCode = 1;

async function isSeen(mutant: EngineMutant, index: number): Promise<boolean> {
  const env = { ...process.env, SCHMOOZER_ENGINE_MUTANT: String(index) };
  if (mutant.file.startsWith('scripts/')) {
    const steps = await stepsOf(mutant, index);
    // It refuses the chart.
    if (steps === undefined) return true;
    Object.assign(env, { SCHMOOZER_STEPS: steps });
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const config = ['--config', 'test/proof/mutants/engineConfig.ts'];
  return (await codeOf([vitest, 'run', ...config, '--silent', '--reporter=dot'], env)) !== 0;
}

/** The steps that the mutant writes, in a file of their own. */
async function stepsOf(mutant: EngineMutant, index: number): Promise<string | undefined> {
  // Beside the folder itself, so that its imports lead to the same files.
  const copy = join(root, `scripts/.chart-${index}`);
  const file = join(folder, `steps.${index}.ts`);
  try {
    cpSync(join(root, 'scripts/chart'), copy, { recursive: true });
    const mutated = join(copy, mutant.file.replace('scripts/chart/', ''));
    const text = readFileSync(mutated, 'utf8');
    writeFileSync(
      mutated,
      text.replace(mutant.find, () => mutant.replace),
    );
    const program = `
      import { writeFileSync } from 'node:fs';
      import { chart } from '${root}src/machine/chart.ts';
      import { flatten } from './flatten.js';
      import { source } from './source.js';
      writeFileSync('${file}', source(flatten(chart)));`;
    writeFileSync(join(copy, 'write.ts'), program);
    const code = await codeOf(['--import', 'tsx', join(copy, 'write.ts')], process.env);
    return code === 0 ? file : undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function codeOf(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
  return new Promise((resolve) => child.once('exit', resolve));
}
