import fc from 'fast-check';
import { Break } from 'schmoozer';
import { webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkWebSocketUrl } from '../../../src/core/check.js';
import { showAddress } from '../../../src/core/showAddress.js';

describe('showAddress', () => {
  it.each([
    [
      'wss://user:hunter2@example.org:8443/path?token=hunter2#hunter2',
      'wss://example.org:8443/path',
    ],
    ['tcp://hunter2@[::1]:5000', 'tcp://[::1]:5000'],
    [new URL('wss://example.org/?hunter2'), 'wss://example.org/'],
    ['wss//user:hunter2@example.org?hunter2', 'an address that is not a URL, of 37 characters'],
    ['ws://exa mple/hunter2', 'an address that is not a URL, of 21 characters'],
    ['user:hunter2@example.org', 'an address that is not a URL, of 24 characters'],
    ['mailto:hunter2@example.org', 'an address that is not a URL, of 26 characters'],
    ['tcp:///hunter2', 'an address that is not a URL, of 14 characters'],
    ['file:///etc/hosts?hunter2', 'file:///etc/hosts'],
    ['', 'an address that is not a URL, of 0 characters'],
    [undefined, 'an address that is not a URL, of 9 characters'],
  ])('of %s shows %s', (address, shown) => {
    expect(showAddress(address)).toBe(shown);
    expect(showAddress(address)).not.toContain('hunter2');
  });
});

describe('showAddress', () => {
  it('shows the parts that the platform finds', () => {
    const urls = fc.oneof(
      fc.webUrl({
        authoritySettings: { withPort: true, withUserInfo: true, withIPv6: true, withIPv4: true },
        withFragments: true,
        withQueryParameters: true,
      }),
      fc.webUrl().map((url) => url.replace(/^\w+/, 'tcp')),
      fc.constantFrom('tcp://h//a@b', 'file:///etc/hosts', 'wss:\\\\h\\p', 'WS://H:080?q@r#s/t'),
    );
    fc.assert(
      fc.property(urls, (text) => {
        const { protocol, host, pathname } = new URL(text);
        expect(showAddress(text)).toBe(`${protocol}//${host}${pathname}`);
      }),
    );
  });

  it('and what is read of a WebSocket’s URL, ask for nothing but `href`: React Native has nothing else', () => {
    class OnlyHref {
      readonly href: string;
      constructor(url: string) {
        this.href = url.endsWith('/') ? url : `${url}/`;
      }
    }
    vi.stubGlobal('URL', OnlyHref);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(showAddress('wss://me:hunter2@example.org/feed?hunter2')).toBe('wss://example.org/feed');
    expect(showAddress('hunter2')).toBe('an address that is not a URL, of 7 characters');
    expect(checkWebSocketUrl('ws://h?token=x')).toBe('ws://h?token=x');
    expect(() => checkWebSocketUrl('hunter2')).toThrow('a ws: or wss: URL');
    const url = 'wss://me:hunter2@example.org/feed?hunter2';
    const run = async () => Break();
    expect(webSocketConnector({ url, run }).limiterKey).toBe('example.org:443');
  });
});
