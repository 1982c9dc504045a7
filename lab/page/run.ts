import type { News, Order } from '../model/messages.js';
import type { Settings } from '../model/settings.js';

/** The source of the worker, which the build puts in here. */
declare const WORKER_SOURCE: string;

let address: string | undefined;

/** Runs a storm beside the page; answers what ends it. */
export function runStorm(settings: Settings, hear: (news: News) => void): () => void {
  // A page from disk may not load a worker from a file.
  address ??= URL.createObjectURL(new Blob([WORKER_SOURCE], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.addEventListener('message', ({ data }: MessageEvent<News>) => hear(data));
  worker.addEventListener('error', ({ message }) => {
    throw new Error(`the worker: ${message}`);
  });
  const order: Order = { settings };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
  worker.postMessage(order);
  return () => worker.terminate();
}
