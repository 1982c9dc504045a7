import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { ConnectTraceMessage, DiagnosticsState, LinkMessage } from 'schmoozer/diagnostics';
import type { Labels } from './labels.js';
import type { Handlers, Recording } from './listen.js';

/** In these a link does not want to connect, or need not. */
const SETTLED: readonly DiagnosticsState[] = ['online', 'suspended', 'stopping', 'ended'];

/** A span for each attempt, and above them one for the time in which a link wants to be online again. */
export function linkSpans(tracer: Tracer, labels: Labels): Recording {
  const outages = new Map<number, Span>();
  const attempts = new WeakMap<ConnectTraceMessage, Span>();

  function outageOf(message: LinkMessage): Span {
    const known = outages.get(message.linkId);
    if (known !== undefined) return known;
    // A link outlives whatever request it was made in.
    const span = tracer.startSpan('reconnect', { root: true, attributes: labels.ofLink(message) });
    outages.set(message.linkId, span);
    return span;
  }

  const handlers: Handlers = {
    'schmoozer:connection:closing': (message) => {
      if (message.cause === 'lost' || message.cause === 'reconnect') outageOf(message);
    },
    'schmoozer:retry:scheduled': (message) => void outageOf(message),
    'schmoozer:connection:queued': (message) => void outageOf(message),
    'schmoozer:link:state': ({ linkId, to }) => {
      if (!SETTLED.includes(to)) return;
      outages.get(linkId)?.setAttribute('schmoozer.connection.state', to).end();
      outages.delete(linkId);
    },
    'tracing:schmoozer:connect:start': (message) => {
      const link = labels.ofLink(message);
      const address = link['server.address'];
      const span = tracer.startSpan(
        address === undefined ? 'connect' : `connect ${String(address)}`,
        {
          kind: SpanKind.CLIENT,
          attributes: {
            ...link,
            'schmoozer.attempt': message.attempt,
            'schmoozer.epoch': message.epoch,
          },
        },
        trace.setSpan(ROOT_CONTEXT, outageOf(message)),
      );
      attempts.set(message, span);
    },
    'tracing:schmoozer:connect:asyncEnd': (message) => {
      const span = attempts.get(message);
      if (span === undefined) return;
      const { outcome, error, cause } = message;
      if (outcome !== undefined) span.setAttribute('schmoozer.attempt.outcome', outcome);
      if (cause !== undefined) span.setAttribute('schmoozer.attempt.cause', cause);
      if (error !== undefined) {
        span.setAttributes(labels.ofError(error));
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      }
      span.end();
    },
  };
  return {
    handlers,
    stop() {
      for (const span of outages.values()) span.end();
    },
  };
}
