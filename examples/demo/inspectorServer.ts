import { startInspector } from '@schmoozer/inspector';

/** The messages of the inspector to the process that started it. */
export type InspectorMessage =
  | { readonly type: 'listening'; readonly url: string; readonly producerUrl: string }
  | { readonly type: 'viewers'; readonly count: number };

const tell = (message: InspectorMessage) => process.send?.(message);

const { url, producerUrl } = await startInspector({
  port: 0,
  onViewers: (count) => tell({ type: 'viewers', count }),
});
tell({ type: 'listening', url, producerUrl });

process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches both processes; the parent decides.
process.on('SIGINT', () => {});
