import { createBrowserInspector } from '@statelyai/inspect';
import { createInspector } from 'schmoozer/inspect';
import type { InspectionEvent } from 'xstate';
import { live } from '../../support/life.js';

/** The page of an app: lives that are seen by the package's inspector and by ours. */
Object.assign(globalThis, {
  watched(theirUrl: string, ourUrl: string, inFrame: boolean) {
    const iframe = document.createElement('iframe');
    if (inFrame) document.body.append(iframe);
    const theirs = createBrowserInspector({ url: theirUrl, ...(inFrame && { iframe }) });
    const ours = createInspector({ url: ourUrl });
    const { next } = theirs.inspect as { next(event: InspectionEvent): void };
    Object.assign(globalThis, {
      live: () =>
        live((event) => {
          next(event);
          ours.inspect(event);
        }),
    });
  },
});
