import { describe, expect, it } from 'vitest';
import { fencesOf, rowsOf } from '../../../test/support/documents.js';

const file = 'packages/postgres/README.md';

describe('README.md', () => {
  it('shows the lock as docs/many.md does, where it is compiled', () => {
    const lockIn = (document: string) =>
      fencesOf(document)
        .map(({ code }) => /const lock = postgresLock.*$/m.exec(code)?.[0])
        .find((line) => line !== undefined);
    expect(lockIn(file)).toBeDefined();
    expect(lockIn(file)).toBe(lockIn('docs/many.md'));
  });

  it('has a row for each option', () => {
    const shown = rowsOf(file, 'option').map(([name]) => name);
    const listener =
      'url channels login tls heartbeatMs clientOptions isRetryable retryDelay'.split(' ');
    const feed = ['read', 'cursorOf', 'load', 'save', 'pollMs', 'queryTimeoutMs'];
    expect(shown).toEqual([...listener, ...feed, 'client', 'table', 'lifeMs', 'pollMs']);
  });
});
