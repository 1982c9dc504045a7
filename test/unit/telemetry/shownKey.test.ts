import { expect, it } from 'vitest';
import { shownKey } from '../../../src/telemetry/shownKey.js';

it('shows a key without what is secret, also after more keys than it remembers', () => {
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i <= 1000; i++) expect(shownKey(`wss://u:p@h/${i}`)).toBe(`wss://h/${i}`);
  }
});
