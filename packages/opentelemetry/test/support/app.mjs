// An application that has not heard of telemetry.
import { Break, run } from 'schmoozer';

await run({
  peer: { address: 'db.example', port: 5432, protocol: 'postgresql' },
  connect: async () => 'a connection',
  run: async () => Break(),
});
