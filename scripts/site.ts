// Writes the documents as static pages, into `site/` or an empty folder; `npm run site [-- DIR]`.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSite } from './site/buildSite.js';

const own = fileURLToPath(new URL('../site/', import.meta.url));
const [dir = own] = process.argv.slice(2);
const outDir = resolve(dir);
// What somebody else has put somewhere is not removed.
if (outDir === resolve(own)) rmSync(outDir, { recursive: true, force: true });
if (existsSync(outDir) && readdirSync(outDir).length > 0) {
  throw new Error(`${outDir} is not empty`);
}
await buildSite(outDir);
console.log(`open ${pathToFileURL(resolve(outDir, 'index.html')).href}`);
