// An inspector in a process of its own, as an app would start it; it answers what the process holds, and has held at most.
import { startInspector } from '../../dist/index.js';

const inspector = await startInspector({ port: 0 });
process.send({ url: inspector.url, producerUrl: inspector.producerUrl });
process.on('message', () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  const heldMb = (heapUsed + external) / 2 ** 20;
  process.send({ heldMb, peakMb: process.resourceUsage().maxRSS / 1024 });
});
process.on('disconnect', () => process.exit());
