import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, proseOf, read, root } from '../support/documents.js';

interface Link {
  readonly file: string;
  readonly target: string;
}

const links = documents.flatMap((file) =>
  [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]): Link => ({
    file,
    target: target as string,
  })),
);
const local = links.filter(({ target }) => !target.startsWith('https://'));

describe('links in the documents', () => {
  it.each(local)('$file leads to $target', ({ file, target }) => {
    const [path, anchor] = target.split('#') as [string, string?];
    const destination = path === '' ? file : normalize(join(dirname(file), path));
    expect(existsSync(join(root, destination)), `${destination} exists`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(destination)).toContain(anchor);
  });

  // Not every folder is in the package: what a reader of the package cannot open is named, not linked.
  it('are not needed where a file of the repository is named: it exists', () => {
    const named = documents.flatMap((file) =>
      [...proseOf(file).matchAll(/`((?:test|bench|scripts|src)\/[\w./-]+\.\w+)`/g)].map(
        ([, path]) => path as string,
      ),
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(named.length).toBeGreaterThan(1);
  });

  it('lead to https alone where they leave the repository', () => {
    expect(links.filter(({ target }) => /^(?!https:)[a-z]+:/.test(target))).toEqual([]);
    expect(local.length).toBeGreaterThan(10);
  });

  it('lead to every document from the README, in one step or more', () => {
    const reached = new Set(['README.md']);
    for (const file of reached) {
      for (const { target } of local.filter((link) => link.file === file)) {
        reached.add(normalize(join(dirname(file), target.split('#')[0] || '.')));
      }
    }
    expect(documents.filter((file) => !reached.has(file) && !reached.has(dirname(file)))).toEqual(
      [],
    );
  });
});

/** As GitHub makes them: lower case, spaces to hyphens, punctuation dropped; one that comes again gets a number. */
function anchorsOf(file: string): string[] {
  const counts = new Map<string, number>();
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
    const anchor = (heading as string)
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
