import { inspectV4 } from '../../src/index.js';
import { live } from '../life.js';

/** The page of an app: opens the watcher in an iframe, or in a window of its own. */
Object.assign(globalThis, {
  watched(url: string, inFrame: boolean) {
    if (!inFrame) return Object.assign(globalThis, { inspect: inspectV4({ url }) });
    const iframe = document.createElement('iframe');
    document.body.append(iframe);
    return Object.assign(globalThis, { inspect: inspectV4({ url, iframe }), iframe });
  },
  live,
});
