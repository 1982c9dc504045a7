import { UpgradeRefusedError, WebSocketClosedError, WebSocketOpenError } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';

const nasty = '\u001B[2J\u202Egnp\u2028\nend';
const shown = '\\u{1B}[2J\\u{202E}gnp\\u{2028}\\u{0A}end';

describe('what comes from a peer', () => {
  it.each([
    ['the cause of a close', new WebSocketClosedError(1006, '', false, new Error(nasty))],
    ['the cause of a failed open', new WebSocketOpenError('ws://h/', new Error(nasty))],
    [
      'the cause of a refusal',
      new UpgradeRefusedError('ws://h/', 101, undefined, new Error(nasty)),
    ],
  ])('is in one line and without control characters in a message: %s', (_what, error) => {
    expect(error.message).toContain(shown);
  });

  it('as a reason is kept as it came, and escaped in the message', () => {
    const error = new WebSocketClosedError(4000, nasty, true);
    expect(error.reason).toBe(nasty);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(error.message).toContain('gnp');
  });

  it('is cut when it is long', () => {
    const error = new WebSocketOpenError('ws://h/', new Error('a'.repeat(100_000)));
    expect(error.message.length).toBeLessThan(1100);
  });
});
