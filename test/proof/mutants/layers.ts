import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The four ways in which the machine is checked, in the order of the table. */
export const layers = ['edge pairs', 'transitions', 'exploration', 'plain loop'] as const;
export type Layer = (typeof layers)[number];

export type Verdict = { readonly killedBy: readonly Layer[] } | 'timeout';

const DEADLINE_MS = 90_000;

interface FileResult {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly status: string; readonly title: string }[];
}

/** Runs the layers against a copy of the source, in a process of its own. */
export async function runLayers(source: string, report: string): Promise<Verdict> {
  const args = ['vitest', 'run', '--project', 'floor', 'test/proof/model'];
  const child = spawn('npx', [...args, '--reporter=json', `--outputFile=${report}`], {
    cwd: root,
    env: { ...process.env, SCHMOOZER_SOURCE: source },
    stdio: 'ignore',
    // A group of its own: a mutant that loops without end takes its workers with it.
    detached: true,
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, DEADLINE_MS);
  await exited;
  clearTimeout(timer);
  if (isOverdue) return 'timeout';
  if (!existsSync(report)) throw new Error(`vitest wrote no report for ${source}`);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] };
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
