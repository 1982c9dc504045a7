import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a user imports from. */
export interface Entry {
  /** As it stands in an import: `schmoozer/websocket`. */
  readonly specifier: string;
  /** The page, without `.md`. */
  readonly slug: string;
  /** The file that exports the names, from the top of the repository. */
  readonly source: string;
}

/** Every entry with names to import, of the library and then of each package. */
export const entries: readonly Entry[] = ['', ...packages()].flatMap(entriesOf);

function packages(): string[] {
  return readdirSync(join(root, 'packages'))
    .toSorted()
    .map((name) => `packages/${name}/`);
}

function entriesOf(folder: string): Entry[] {
  const { name, exports } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  ) as {
    name: string;
    exports: Record<string, string>;
  };
  return Object.entries(exports)
    .filter(([, target]) => target.endsWith('.js'))
    .map(([path, target]) => ({
      specifier: path.replace('.', name),
      slug: slugOf(name, path),
      source: folder + target.replace(/^\.\/dist\/(.+)\.js$/, 'src/$1.ts'),
    }));
}

/** `schmoozer/tcp` is on the page `tcp`, `@schmoozer/redis/ioredis` on `redis-ioredis`. */
function slugOf(name: string, path: string): string {
  const parts = [...name.split('/').slice(1), ...path.split('/').slice(1)];
  return parts.length === 0 ? name : parts.join('-');
}
