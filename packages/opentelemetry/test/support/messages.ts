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
