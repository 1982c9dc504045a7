import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Samples } from '../bench.js';
import { programs } from './programs.js';

// The compiled file's own: packages are found from it as the bench finds them.
const resolveDir = fileURLToPath(new URL('.', import.meta.url));

/** Sizes are the same in every process and every round: each program is bundled once, here. */
export async function bundle(): Promise<Samples> {
  const samples = Object.entries(programs).map(async ([name, contents]) => {
    const bytes = await bundledBytes(contents, ['xstate']);
    const withXStateBytes = await bundledBytes(contents, []);
    return [name, [{ bytes, withXStateBytes }]] as const;
  });
  return Object.fromEntries(await Promise.all(samples));
}

async function bundledBytes(contents: string, external: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: [...external, 'node:*'],
    ...(external.length === 0 && { alias: { xstate: 'xstate-newest' } }),
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}
