import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/exec.js';

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, string>;
};
const entries = Object.values(exports).filter((path) => path.endsWith('.js'));

/** The built entry and every file it loads. */
function filesOf(entry: string): string[] {
  const files = new Set([join(root, entry)]);
  for (const file of files) {
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:im|ex)port .*?'(\.[^']+)';$/gms);
    for (const [, path] of imports) files.add(join(file, '..', path as string));
  }
  return [...files].map((file) => relative(root, file));
}

const isReasons = (file: string) => file.endsWith('Reasons.js');

describe('the reasons of the verdicts', () => {
  it.each(entries.filter((entry) => entry !== './dist/explain.js'))('are not in %s', (entry) => {
    const files = filesOf(entry);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter(isReasons)).toEqual([]);
  });

  it('are in explain', () => {
    expect(filesOf('./dist/explain.js').filter(isReasons)).toEqual([
      'dist/explain/tcpReasons.js',
      'dist/explain/webSocketReasons.js',
    ]);
  });
});
