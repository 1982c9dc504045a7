import { describe, expect, it } from 'vitest';
import { showAddress } from '../../../src/core/showAddress.js';

describe('showAddress', () => {
  it.each([
    [
      'wss://user:hunter2@example.org:8443/path?token=hunter2#hunter2',
      'wss://example.org:8443/path',
    ],
    ['tcp://hunter2@[::1]:5000', 'tcp://[::1]:5000'],
    [new URL('wss://example.org/?hunter2'), 'wss://example.org/'],
    ['wss//user:hunter2@example.org?hunter2', 'an address that is no URL, of 37 characters'],
    ['ws://exa mple/hunter2', 'an address that is no URL, of 21 characters'],
    ['user:hunter2@example.org', 'an address that is no URL, of 24 characters'],
    ['mailto:hunter2@example.org', 'an address that is no URL, of 26 characters'],
    ['tcp:///hunter2', 'an address that is no URL, of 14 characters'],
    ['file:///etc/hosts?hunter2', 'file:///etc/hosts'],
    ['', 'an address that is no URL, of 0 characters'],
    [undefined, 'an address that is no URL, of 9 characters'],
  ])('of %s shows %s', (address, shown) => {
    expect(showAddress(address)).toBe(shown);
    expect(showAddress(address)).not.toContain('hunter2');
  });
});
