import { existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, totalmem, type } from 'node:os';

const BYTES_PER_GB = 1024 ** 3;

/** What the figures were taken on. */
export function machine(): string {
  const memoryGb = Math.round(totalmem() / BYTES_PER_GB);
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const cores = `${availableParallelism()} cores`;
  return `${model}, ${cores}, ${memoryGb} GB, ${type()} ${arch()}, Node ${process.versions.node}`;
}

/** The versions that are installed, XState's being the newest, which all are run with. */
export function versionsOf(packages: readonly string[]): Record<string, string> {
  return {
    xstate: versionOf('xstate-newest'),
    ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  // From bench/dist/: the workspace's own packages come before those of the repository.
  const files = ['../node_modules/', '../../node_modules/'].map(
    (folder) => new URL(`${folder}${name}/package.json`, import.meta.url),
  );
  const file = files.find((url) => existsSync(url));
  if (file === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
