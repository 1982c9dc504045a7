import { readFileSync } from 'node:fs';
import { build, type Rollup } from 'vite';
import { schmoozer } from '../vitest.alias.js';

const file = (path: string) => new URL(path, import.meta.url);

/** The page as one file that needs no other: it opens from disk, too. */
export async function buildLab(): Promise<string> {
  const worker = await bundle('worker.ts', {});
  const page = await bundle('page/main.ts', { WORKER_SOURCE: JSON.stringify(worker) });
  const style = ['../packages/inspector/page/colours.css', 'page/style.css']
    .map((path) => readFileSync(file(path), 'utf8'))
    .join('\n');
  // Functions: what is put in may hold a dollar sign.
  return readFileSync(file('page/index.html'), 'utf8')
    .replace('<!--style-->', () => style)
    .replace('<!--script-->', () => page.replaceAll('</script', '<\\/script'));
}

/** A classic script: modules do not load from disk. */
async function bundle(entry: string, define: Record<string, string>): Promise<string> {
  const results = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: schmoozer },
    define,
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      lib: { entry: file(entry).pathname, formats: ['iife'], name: 'lab' },
    },
  })) as Rollup.RollupOutput[];
  const [chunk] = results.flatMap(({ output }) => output);
  if (chunk?.type !== 'chunk') throw new Error(`${entry} has not become one script`);
  return chunk.code;
}
