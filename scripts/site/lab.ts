import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.js';

/** Whether a checkout can build the lab. */
export function hasLab(checkout = root): boolean {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return 'lab' in scripts;
}

/** Builds the lab into the site's folder `lab`, if there is one to build. */
export function buildLab(outDir: string, checkout = root): void {
  if (!hasLab(checkout)) return;
  const folder = join(outDir, 'lab');
  const { status } = spawnSync('npm', ['run', '--silent', 'lab', '--', '--build', folder], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the lab was not built: exit code ${status}`);
  if (!existsSync(join(folder, 'index.html'))) throw new Error('the lab has no index.html');
}
