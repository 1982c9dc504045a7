import { describe, expect, it } from 'vitest';
import { read } from '../support/documents.js';

describe('docs/tcp.md', () => {
  it('shows the two ways through a proxy that test/process/proxies.test.ts tries', () => {
    const shown = read('docs/tcp.md');
    const ways = read('examples/tcp-through-proxy.ts')
      .split(/^(?=export function )/m)
      .slice(1);
    expect(ways).toHaveLength(2);
    for (const way of ways) expect(shown).toContain(way.trim());
  });
});
