import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const vitest = join(root, 'node_modules/vitest/vitest.mjs');

/** The four ways in which the machine is checked, in the order of the table. */
export const layers = ['edge pairs', 'transitions', 'exploration', 'plain loop'] as const;
export type Layer = (typeof layers)[number];

/** Each mistake is made below the engines: each of them runs with it. */
export const engines = ['xstate', 'compiled'] as const;
export type Engine = (typeof engines)[number];

export type Verdict = { readonly killedBy: readonly Layer[] } | 'timeout';

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
}

/**
 * Runs the layers in a process of its own: against a mutant, by its place in the table, or against the source itself.
 * The test that every mutant finds what it edits runs along with the source itself.
 */
export async function runLayers(
  report: string,
  engine: Engine,
  mutant?: { readonly index: number; readonly deadlineMs: number },
): Promise<Verdict> {
  const tests = mutant ? ['test/proof/model'] : ['test/proof/model', 'test/proof/mutants'];
  const config = ['--config', 'test/proof/mutants/vitest.config.ts'];
  const child = spawn(
    process.execPath,
    [vitest, 'run', ...config, ...tests, '--reporter=json', `--outputFile=${report}`],
    {
      cwd: root,
      env: {
        ...process.env,
        SCHMOOZER_MUTANT: mutant ? String(mutant.index) : '',
        SCHMOOZER_ENGINE: engine,
      },
      stdio: 'ignore',
      // A group of its own: a mutant that loops without end takes its workers with it.
      detached: true,
    },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isOverdue = false;
  const kill = () => {
    isOverdue = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = mutant && setTimeout(kill, mutant.deadlineMs);
  await exited;
  clearTimeout(timer);
  if (isOverdue) return 'timeout';
  if (!existsSync(report)) throw new Error(`vitest wrote no report: ${report}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] };
  if (!mutant && testResults.some(({ status }) => status !== 'passed')) {
    throw new Error('the source itself does not pass');
  }
  return { killedBy: layers.filter((layer) => failed(layer, testResults)) };
}

function failed(layer: Layer, results: readonly FileResult[]): boolean {
  const file = (name: string) => results.find((result) => result.name.includes(name));
  const hasFailed = (name: string) => {
    const tests = file(name)?.assertionResults ?? [];
    return tests.length === 0 || tests.some(({ status }) => status === 'failed');
  };
  if (layer === 'edge pairs') return hasFailed('edgePairs');
  if (layer === 'exploration') return hasFailed('exploration');
  if (layer === 'plain loop') return hasFailed('differential');
  // A path that fails ends the walk, and what was not walked is missing: that says nothing by itself.
  const isMissing = file('edgePairs')?.message.includes('transitions nobody took') ?? false;
  return isMissing && !hasFailed('edgePairs');
}
