import type { Bench } from '../bench.js';
import { ratioOf } from '../statistics.js';

export const lines: Bench = {
  name: 'lines',
  title: 'Lines out of a socket',
  method: `The server, in another process, sends 40 MB over loopback: as one line, then as lines of 100 bytes. The client
asks for these bytes and reads them in a loop; the time is that from the request to the end of the loop. \`maxLineBytes\` of
\`lines\` allows a line of that length; \`node:readline\` has no limit.`,
  variants: [
    {
      name: 'readline',
      label: '`readline` interface',
      note: 'a limit on the length, errors of the socket, a second `for await` that continues where the first one stopped',
    },
    { name: 'schmoozer', label: '**`lines` of schmoozer/tcp**', note: 'nothing' },
  ],
  columns: [
    { metric: 'oneMs', label: 'one line, ms', digits: 0, ratioTo: ['readline'] },
    { metric: 'manyMs', label: 'lines of 100 bytes, ms', digits: 0, ratioTo: ['readline'] },
  ],
  targets: [
    {
      label: 'time to read a line of 40 MB ÷ `node:readline`',
      limit: 1.5,
      digits: 2,
      value: (samples) => ratioOf(samples, 'oneMs', 'schmoozer', 'readline'),
    },
  ],
  rounds: 5,
  size: { bytes: 40_000_000 },
  tiny: { bytes: 1000 },
  packages: [],
};
