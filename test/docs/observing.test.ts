import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { resolveSettings } from '../../src/inspect/options.js';
import { rowsOf } from '../support/documents.js';

describe('docs/observing.md', () => {
  const settings = resolveSettings({ WebSocket });

  it('has every option with its default', () => {
    const rows = rowsOf('docs/observing.md', 'option').map(([name, shown]) => [name, shown]);
    expect(new Set(rows.map(([name]) => name))).toEqual(new Set(Object.keys(settings)));
    const shown = Object.fromEntries(rows) as Record<string, string>;
    for (const name of ['url', 'microsteps', 'maxBufferedBytes', 'gracePeriodMs'] as const) {
      expect(shown[name]?.replaceAll(' ', ''), name).toBe(String(settings[name]));
    }
  });

  it('has every list of `allow` with its default', () => {
    const rows = rowsOf('docs/observing.md', 'list of `allow`').map(([name, shown]) => [
      name,
      [...(shown ?? '').matchAll(/\w+/g)]
        .map(([field]) => field)
        .filter((field) => field !== 'none'),
    ]);
    expect(Object.fromEntries(rows)).toEqual(settings.allow);
  });
});
