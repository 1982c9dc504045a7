// Why: docs/decisions/0014-the-service-suite.md
import { describe, expect, inject, it } from 'vitest';
import { certificateFor, privateAuthority } from './certificate.js';
import { launch, type Loop, start, type StartOptions } from './serviceLoop.js';
import type { Service } from './serviceUnderTest.js';
import { until } from './until.js';

const isSkipped = ({ name }: Service) => (inject('missingServices') as string[]).includes(name);

/** A consumer that expects nothing. */
export const deaf = { onSession() {}, onMessage() {} };

const ours = await privateAuthority('Ours');
const shown = await certificateFor('localhost', { ca: ours });
const trusted = { shown, ca: ours.cert };
const foreign = { shown, ca: (await privateAuthority('Theirs')).cert };
const elsewhere = await certificateFor('elsewhere.test', { ca: ours });
const misnamed = { shown: elsewhere, ca: ours.cert };

/** What holds for every example against its real server, and `more`, what holds for this one. */
export function describeService(
  service: Service,
  more: () => void,
  also: (transport: Transport) => void = () => {},
): void {
  const skipped = isSkipped(service);
  describe.skipIf(skipped)(`${service.name}${skipped ? ' (skipped: no server)' : ''}`, () => {
    describe('without TLS', () => {
      staysUp(service, {});
      also({});
    });
    describe('over TLS', () => {
      staysUp(service, { tls: trusted });
      also({ tls: trusted });
      refusesCertificates(service);
    });
    more();
  });
}

interface Failure {
  readonly code?: string;
  readonly cause?: { readonly code?: string };
}

export type Transport = Pick<StartOptions, 'tls'>;

function staysUp(service: Service, transport: Transport): void {
  it('brings messages, and stop leaves no connection behind', async () => {
    const loop = await start(service, transport);
    await loop.flow();
    await loop.stop();
  });

  it.each<[string, (loop: Loop) => unknown]>([
    ['is cut from the server’s side', ({ cut }) => cut()],
    ['is reset on the way', ({ proxy }) => proxy.reset()],
  ])('brings messages again after it %s', async (_title, harm) => {
    const loop = await start(service, transport);
    await loop.flow();
    await harm(loop);
    await loop.session(2);
    await loop.flow();
    expect(loop.heard.sessions[1]?.gap).toBe(!service.keepsMessages);
    await loop.stop();
  });

  it('notices a peer that has fallen silent, and holds one connection at most', async () => {
    const loop = await start(service, { ...transport, heartbeatS: 1 });
    await loop.flow();
    loop.proxy.silence();
    await until('an attempt that hung was given up', () => loop.failedAttempts() > 0);
    expect(loop.proxy.mostHeld).toBe(1);
    await loop.proxy.pass();
    await loop.session(2);
    await loop.flow();
    await loop.stop();
  });

  it('lives through an outage, tells of the gap, and asks for credentials at each attempt', async () => {
    const loop = await start(service, transport);
    await loop.flow();
    await loop.proxy.refuse();
    await until('two attempts were refused', () => loop.failedAttempts() > 1);
    await loop.access.publish('while away');
    await loop.proxy.pass();
    await loop.session(2);
    await loop.flow();
    expect(loop.heard.sessions.map(({ gap }) => gap)).toEqual([false, !service.keepsMessages]);
    const { messages } = loop.heard;
    expect(messages.some(({ text }) => text === 'while away')).toBe(service.keepsMessages);
    expect(loop.asked()).toBe(2 + loop.failedAttempts());
    await loop.stop();
  });

  it('stops soon while the peer is silent: in a session, and while it connects', async () => {
    const inSession = await start(service, transport);
    await inSession.flow();
    inSession.proxy.silence();
    await inSession.stop({ isSilent: true });

    const connecting = await launch(service, { ...transport, connectTimeoutMs: Infinity }, false);
    await until('the proxy is asked', () => connecting.proxy.held === 1);
    await connecting.stop({ isSilent: true });
    expect(connecting.heard.sessions).toEqual([]);
  });
}

function refusesCertificates(service: Service): void {
  it.each([
    ['an authority that the client does not know', foreign, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['another host', misnamed, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('gives up at a certificate of %s, and leaves nothing behind', async (_title, tls, code) => {
    const loop = await launch(service, { tls });
    const { code: own, cause } = (await loop.failure()) as Failure;
    expect([own, cause?.code]).toContain(code);
    expect(loop.heard.sessions).toEqual([]);
    expect(loop.asked()).toBe(1);
  });
}
