import type { Bench } from '../bench.js';
import { medianOf, ratioOf } from '../statistics.js';

export const telemetry: Bench = {
  name: 'telemetry',
  title: 'Telemetry',
  method: `- **An event**: the mean over all events of one link's life. The bench emits them as the compiled engine does: it first checks whether
  anything listens, and only then creates the event. The time includes the loop and the creation of the event.
- **The storm**: 1000 links of the compiled engine with one limiter are created, lose their server and reconnect, as in \`storm\`, on a virtual
  clock and without sockets. CPU is that of the whole process, the links and their server. This is the harshest measure, because a link costs only a
  tenth of a millisecond in it.
- **The storm over TCP**: the same number of links on real sockets, dropped once and reconnected, with their server.

Both storms include an export, or a scrape, at the end.`,
  variants: [
    { name: 'off', label: 'bare **schmoozer**' },
    { name: 'unheard', label: '`diagnoseAll()`', note: 'no subscriber' },
    { name: 'channels', label: 'every channel of **schmoozer/diagnostics**', note: 'subscribed' },
    {
      name: 'prometheus',
      label: '**@schmoozer/prometheus**',
      note: 'prom-client 15.1, one scrape',
    },
    {
      name: 'metrics',
      label: '**@schmoozer/opentelemetry**, metrics only',
      note: "SDK 2.12, `spans: 'none'`, one collection",
    },
    {
      name: 'spans',
      label: '**@schmoozer/opentelemetry**, spans only',
      note: 'no meter provider; a span for each attempt and outage, in batches to an exporter that drops them',
    },
    {
      name: 'outages',
      label: '**@schmoozer/opentelemetry**, metrics and outages',
      note: "`spans: 'outages'`",
    },
    {
      name: 'opentelemetry',
      label: '**@schmoozer/opentelemetry**',
      note: 'metrics, a span for each attempt and outage',
    },
    { name: 'all', label: 'all of it on', note: 'every channel, Prometheus, OpenTelemetry' },
  ],
  columns: [
    { metric: 'eventNs', label: 'an event, ns', digits: 1 },
    { metric: 'stormMs', label: 'the storm, CPU, ms', digits: 0, ratioTo: ['off'] },
    {
      metric: 'tcpMs',
      label: 'the storm over TCP, CPU, ms',
      digits: 0,
      ratioTo: ['off'],
      none: '–',
    },
  ],
  targets: [
    {
      label: 'telemetry: ns that `diagnoseAll()` adds to an event without a subscriber',
      limit: 10,
      digits: 1,
      value(samples) {
        const [unheard, off] = ['unheard', 'off'].map((name) => medianOf(samples, name, 'eventNs'));
        return typeof unheard === 'number' && typeof off === 'number' ? unheard - off : null;
      },
    },
    {
      label: 'telemetry: CPU of a storm with every channel subscribed ÷ without telemetry',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'stormMs', 'channels', 'off'),
    },
    {
      label: 'telemetry: CPU of a storm with OpenTelemetry ÷ without telemetry',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'stormMs', 'opentelemetry', 'off'),
    },
    {
      label: 'telemetry: CPU of a storm with all of it on ÷ without telemetry',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'stormMs', 'all', 'off'),
    },
    {
      label: 'telemetry: CPU of a storm over TCP with all of it on ÷ without telemetry',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'tcpMs', 'all', 'off'),
    },
  ],
  notes: 'with',
  rounds: 7,
  size: { events: 100_000, links: 1000, storms: 8 },
  tiny: { events: 100, links: 10, storms: 1 },
  packages: ['@opentelemetry/sdk-metrics', '@opentelemetry/sdk-trace-base', 'prom-client'],
};
