import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fencesOf, read, root } from '../support/documents.js';

describe('README.md', () => {
  const head = read('README.md').split('\n').slice(0, 45).join('\n');

  it('says above line 45 what it is, shows the chart and one real program', () => {
    expect(head).toMatch(/^# schmoozer\n\n[A-Z][^\n]+\.\n\n/);
    const picture = /^!\[[^\]]+\]\((\S+\.svg)\)$/m.exec(head)?.[1] as string;
    expect(existsSync(join(root, picture))).toBe(true);
    const [program] = fencesOf('README.md');
    expect(program?.info).toBe('ts run');
    const end = (program?.line as number) + (program?.code.split('\n').length as number) + 1;
    expect(end).toBeLessThan(45);
    // Real: a socket of the operating system, and the library by its name.
    expect(program?.code).toMatch(/from 'node:net'|from 'schmoozer\/tcp'/);
    expect(program?.code).toMatch(/from 'schmoozer'/);
  });

  it('gives two commands for a fresh machine: one runs the demo, one passes the tests', () => {
    expect(read('README.md')).toContain(
      '\n```sh\nnpm ci && npm run demo\nnpm ci && npm test\n```\n',
    );
  });
});
