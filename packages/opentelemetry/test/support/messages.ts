import { channel } from 'node:diagnostics_channel';
import type { DiagnosticsMessages, LinkMessage } from 'schmoozer/diagnostics';

let links = 0;

/** What is known of a link that nobody has made. */
export function aboutLink(facts: Partial<LinkMessage> = {}): LinkMessage {
  links += 1;
  return {
    linkId: -links,
    name: 'prices',
    server: { address: 'feed.example', port: 443 },
    network: { transport: 'tcp', protocol: { name: 'websocket' } },
    ...facts,
  };
}

export function publish<TName extends keyof DiagnosticsMessages>(
  name: TName,
  message: DiagnosticsMessages[TName],
): void {
  channel(name).publish(message);
}

/** A whole attempt. */
export function publishAttempt(message: DiagnosticsMessages['schmoozer:connect']): void {
  channel('tracing:schmoozer:connect:start').publish(message);
  channel('tracing:schmoozer:connect:asyncEnd').publish(message);
}

export const server = {
  'server.address': 'feed.example',
  'server.port': 443,
  'network.protocol.name': 'websocket',
};

export const attempt = {
  attempt: 0,
  epoch: 1,
  queuedMs: 0,
  outcome: 'opened',
  connectMs: 40,
  error: undefined,
  verdict: undefined,
  cause: undefined,
} as const;

const error = { name: 'Error', message: 'no', code: 'E' };

/** Something of everything. */
export function publishAll(): void {
  const link = aboutLink();
  publish('schmoozer:link:state', { ...link, from: undefined, to: 'online', ms: 0 });
  publishAttempt({ ...link, ...attempt, outcome: 'failed', error, queuedMs: 1 });
  for (const epoch of [1, 2]) {
    const opened = { attempt: 0, epoch, connectMs: 1, queuedMs: 1, downMs: 1 };
    publish('schmoozer:connection:opened', { ...link, ...opened });
    publish('schmoozer:connection:stable', { ...link, epoch });
  }
  const closed = { epoch: 1, cause: 'lost', upMs: 1, isStable: true, error } as const;
  publish('schmoozer:connection:closed', { ...link, ...closed, releaseError: undefined });
  publish('schmoozer:retry:scheduled', {
    ...link,
    attempt: 1,
    delayMs: 1,
    error,
    verdict: undefined,
  });
  const limiter = { limiterId: -1, key: 'k' };
  const queue = { change: 'queued', outcome: undefined, queued: 1, inFlight: 1 } as const;
  publish('schmoozer:limiter:queue', { ...limiter, ...queue });
  const pace = { perSecond: 1, previousPerSecond: undefined, threshold: undefined } as const;
  publish('schmoozer:limiter:pace', { ...limiter, ...pace, cause: 'start' });
  const wait = { key: 'k', permits: 1, outcome: 'granted', delayMs: 0, waitMs: 1 } as const;
  publish('schmoozer:budget:waited', wait);
  publish('schmoozer:budget:degraded', { key: 'k', error });
  publish('schmoozer:budget:restored', { downMs: 1 });
}
