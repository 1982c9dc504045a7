import type { Bench } from '../bench.js';
import { medianOf, ratioOf } from '../statistics.js';

export const telemetry: Bench = {
  name: 'telemetry',
  title: 'Telemetry',
  method: `An event: the events of a link's life, one after the other, each asked whether anybody hears it and, if so, told, as a compiled link
does it; the loop and the making of the event are included. The storm: 1000 links of the compiled engine with one limiter lose their server and
come back, as in \`storm\`, on a clock that needs no time: CPU of the whole process, the links and their server.`,
  variants: [
    { name: 'off', label: 'bare **schmoozer**' },
    { name: 'unheard', label: '`diagnoseAll()`', note: 'nobody has subscribed' },
    { name: 'channels', label: 'every channel of **schmoozer/diagnostics**', note: 'subscribed' },
    {
      name: 'opentelemetry',
      label: '**@schmoozer/opentelemetry**',
      note: 'SDK 2.12, all metrics, a span for each attempt, nothing exported',
    },
  ],
  columns: [
    { metric: 'eventNs', label: 'an event, ns', digits: 1 },
    { metric: 'stormMs', label: 'the storm, CPU, ms', digits: 0, ratioTo: ['off'] },
  ],
  targets: [
    {
      label: 'telemetry: ns for an event that nobody hears',
      limit: 10,
      digits: 1,
      value(samples) {
        const [unheard, off] = ['unheard', 'off'].map((name) => medianOf(samples, name, 'eventNs'));
        return typeof unheard === 'number' && typeof off === 'number' ? unheard - off : null;
      },
    },
    {
      label: 'telemetry: CPU of a storm with every channel subscribed, times without',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'stormMs', 'channels', 'off'),
    },
    {
      label: 'telemetry: CPU of a storm with OpenTelemetry, times without',
      limit: 1.15,
      digits: 2,
      value: (samples) => ratioOf(samples, 'stormMs', 'opentelemetry', 'off'),
    },
  ],
  notes: 'with',
  rounds: 7,
  size: { events: 500_000, links: 1000, storms: 8 },
  tiny: { events: 100, links: 10, storms: 1 },
  packages: [],
};
