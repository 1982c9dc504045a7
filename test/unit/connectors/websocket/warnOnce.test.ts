import { afterEach, describe, expect, it, vi } from 'vitest';
import { warnOnce } from '../../../../src/connectors/websocket/warnOnce.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('warnOnce', () => {
  it('warns the process once for each code', () => {
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    for (const code of ['A', 'B', 'A']) warnOnce(code, `text of ${code}`);
    expect(emit.mock.calls).toEqual([
      ['text of A', { code: 'A' }],
      ['text of B', { code: 'B' }],
    ]);
  });

  it.each([
    ['no process', undefined],
    ['another one', {}],
  ])('warns nobody where there is %s, and later who is there', (code, none) => {
    vi.stubGlobal('process', none);
    warnOnce(code, 'unheard');
    vi.unstubAllGlobals();
    const emit = vi.spyOn(process, 'emitWarning').mockReturnValue();
    warnOnce(code, 'heard');
    expect(emit).toHaveBeenCalledExactlyOnceWith('heard', { code });
  });
});
