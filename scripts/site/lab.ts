import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.js';

/** Whether this checkout can build the lab. */
export function hasLab(): boolean {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return 'lab' in scripts;
}

/** Builds the lab into the site's folder `lab`, if there is one to build. */
export function buildLab(outDir: string): void {
  if (!hasLab()) return;
  const folder = join(outDir, 'lab');
  const { status } = spawnSync('npm', ['run', '--silent', 'lab', '--', '--build', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the lab was not built: exit code ${status}`);
  if (!existsSync(join(folder, 'index.html'))) throw new Error('the lab has no index.html');
}
