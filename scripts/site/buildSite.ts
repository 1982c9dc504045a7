import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as buildProgram } from 'vite';
import { build as buildPages } from 'vitepress';
import { buildLab } from './lab.js';
import { pagesOf, pictures, placeOf } from './pages.js';
import { root, staged } from './root.js';
import { sectionsOf } from './sections.js';

const here = fileURLToPath(new URL('./', import.meta.url));

/** Builds all pages, the search and the lab into an empty folder. */
export async function buildSite(outDir: string): Promise<void> {
  const pages = pagesOf();
  stage(pages);
  await buildPages(here, { outDir });
  // Not for readers.
  for (const name of ['404.html', 'hashmap.json', 'package.json']) rmSync(join(outDir, name));
  const searched = pages.filter(({ source }) => !/(^|\/)src\//.test(source));
  const places = searched.map(({ source }) => placeOf(source));
  const sections = JSON.stringify(sectionsOf(outDir, places));
  // A script: a page on a disk may load one, but may not fetch a file.
  writeFileSync(join(outDir, 'search.js'), `globalThis.siteSections = ${sections};\n`);
  await buildProgram({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      // One script, not a module: a page on a disk loads no modules.
      lib: {
        entry: join(here, 'page/main.ts'),
        formats: ['iife'],
        name: 'site',
        fileName: () => 'site.js',
      },
    },
  });
  buildLab(outDir);
}

/** The pages where VitePress looks for them, by the names they shall have. */
function stage(pages: ReturnType<typeof pagesOf>): void {
  rmSync(staged, { recursive: true, force: true });
  for (const { source, markdown } of pages) {
    const file = join(staged, placeOf(source).replace(/\.html$/, '.md'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, markdown);
  }
  for (const file of pictures()) cpSync(join(root, file), join(staged, file));
}
