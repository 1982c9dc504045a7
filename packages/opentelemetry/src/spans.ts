import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { ConnectTraceMessage, LinkMessage } from 'schmoozer/diagnostics';
import { type Labels, type LinkSeries, typed } from './labels.js';
import { Links } from './links.js';
import type { Handlers, Recording } from './listen.js';

/** The time in which a link is not online, but should be. */
interface Outage {
  readonly span: Span;
  /** The parent of attempts' spans; undefined if attempts have no spans. */
  readonly context: Context | undefined;
}

/** The stored facts of an active link. */
interface Kept {
  outage: Outage | undefined;
  attempt: { readonly message: ConnectTraceMessage; readonly span: Span } | undefined;
}

/** A span for the time in which a link is not online but should be, and optionally one below it for each attempt. */
export function linkSpans(
  tracer: Tracer,
  labels: Labels,
  hasAttempts: boolean,
): Recording & { readonly contextOf: (linkId: number) => SpanContext | undefined } {
  const links = new Links<Kept>(labels, () => ({ outage: undefined, attempt: undefined }));

  function begin(message: LinkMessage): void {
    const { series, kept } = links.of(message);
    kept.outage ??= outageOf(series);
  }

  function outageOf({ attributes }: LinkSeries): Outage {
    // A root span, because a link outlives the request in which it was created.
    const span = tracer.startSpan('reconnect', { root: true, attributes }, ROOT_CONTEXT);
    // Without an SDK, or in an outage that the sampler drops, the attempts need no spans either.
    const isParent = hasAttempts && span.isRecording();
    return { span, context: isParent ? trace.setSpan(ROOT_CONTEXT, span) : undefined };
  }

  const handlers: Handlers = {
    'schmoozer:connection:closing': (message) => {
      if (message.cause === 'lost' || message.cause === 'reconnect') begin(message);
    },
    'schmoozer:retry:scheduled': begin,
    'schmoozer:connection:queued': begin,
    'schmoozer:link:state': (message) => {
      const { to, linkId } = message;
      // In these states a link must not, or need not, connect.
      if (to !== 'online' && to !== 'suspended' && to !== 'stopping' && to !== 'ended') return;
      const { kept } = links.of(message);
      kept.outage?.span.setAttribute('schmoozer.connection.state', to).end();
      kept.outage = undefined;
      if (to === 'ended') links.delete(linkId);
    },
    'tracing:schmoozer:connect:start': (message) => {
      const { series, kept } = links.of(message);
      kept.outage ??= outageOf(series);
      const { context } = kept.outage;
      if (context === undefined) return;
      const { attributes, connect } = series;
      const span = tracer.startSpan(connect, { kind: SpanKind.CLIENT, attributes }, context);
      span.setAttribute('schmoozer.attempt', message.attempt);
      span.setAttribute('schmoozer.epoch', message.epoch);
      kept.attempt = { message, span };
    },
  };
  const contextOf = (linkId: number) => links.at(linkId)?.outage?.span.spanContext();
  if (!hasAttempts) return { handlers, stop, contextOf };
  return {
    handlers: {
      ...handlers,
      'tracing:schmoozer:connect:asyncEnd': (message) => {
        const { kept } = links.of(message);
        if (kept.attempt?.message !== message) return;
        const { span } = kept.attempt;
        kept.attempt = undefined;
        const { outcome, error, cause } = message;
        if (outcome !== undefined) span.setAttribute('schmoozer.attempt.outcome', outcome);
        if (cause !== undefined) span.setAttribute('schmoozer.attempt.cause', cause);
        if (error !== undefined) {
          span.setAttributes(typed(labels.errorType(error)));
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        }
        span.end();
      },
    },
    stop,
    contextOf,
  };

  function stop(): void {
    for (const { outage } of links.kept()) outage?.span.end();
  }
}
