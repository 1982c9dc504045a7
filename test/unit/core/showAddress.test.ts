import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseUrl, showAddress } from '../../../src/core/showAddress.js';

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

describe('parseUrl', () => {
  it('finds the parts that the platform finds', () => {
    const urls = fc.oneof(
      fc.webUrl({
        authoritySettings: { withPort: true, withUserInfo: true, withIPv6: true, withIPv4: true },
        withFragments: true,
        withQueryParameters: true,
      }),
      fc.webUrl().map((url) => url.replace(/^\w+/, 'tcp')),
      fc.constantFrom(
        'mailto:a@b',
        'file:///etc/hosts',
        'wss:\\\\h\\p',
        'WS://H:080?q@r#s/t',
        'a:b',
      ),
    );
    fc.assert(
      fc.property(urls, (text) => {
        const { href, protocol, host, pathname } = new URL(text);
        expect(parseUrl(text)).toEqual({ href, protocol, host, pathname });
      }),
    );
  });

  it('asks for nothing but `href`, and takes nothing for a URL that has no scheme: as with React Native', () => {
    class OnlyHref {
      readonly href: string;
      constructor(url: string) {
        this.href = url.endsWith('/') ? url : `${url}/`;
      }
    }
    vi.stubGlobal('URL', OnlyHref);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(showAddress('wss://me:hunter2@example.org/feed?hunter2')).toBe('wss://example.org/feed');
    expect(parseUrl('nowhere')).toBeUndefined();
  });
});
