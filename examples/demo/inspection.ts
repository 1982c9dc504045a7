import type { ReconnectActorOptions } from 'schmoozer';
import { createInspector } from 'schmoozer/inspect';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { InspectorMessage } from './inspectorServer.js';
import { colors } from './narrator.js';
import { countLeftovers } from './summary.js';

const { bold, cyan, dim } = colors;

/** How long the story waits for the page, so that its beginning is visible, in milliseconds. */
const OPENING_MS = 30_000;
const CLOSING_MS = 2000;

/** The live picture of the demo, in its own process, so that its open handles are not counted as the client's. */
export interface Inspection {
  readonly inspect: NonNullable<ReconnectActorOptions['inspect']>;
  /** In a terminal: resolves when the page has been opened, or after 30 s. Elsewhere at once. */
  pageOpened(): Promise<void>;
  /** Closes the connection to the picture, which stays. */
  leave(): Promise<void>;
  /** In a terminal it serves until Ctrl-C, unless Ctrl-C has ended the story. Elsewhere it ends at once. */
  close(): Promise<void>;
}

export async function startInspection(): Promise<Inspection> {
  const child = fork(fileURLToPath(new URL('./inspectorServer.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child, 'message'), exited.then(() => undefined)]);
  const listening = first?.[0] as InspectorMessage | undefined;
  if (listening?.type !== 'listening') throw new Error('the inspector did not start');
  const { url, producerUrl } = listening;
  const producer = createInspector({ url: producerUrl, WebSocket });
  const isTerminal = process.stdout.isTTY;
  console.log(`${bold('picture')}   ${cyan(url)}`);

  return {
    inspect: producer.inspect,
    async pageOpened() {
      if (!isTerminal) return;
      console.log(dim('The story begins when you open it, or in 30 s.'));
      const waiting = new AbortController();
      const { signal } = waiting;
      const opened = once(child, 'message', { signal });
      const isLate = sleep(OPENING_MS, undefined, { signal });
      await Promise.race([opened, isLate]);
      for (const loser of [opened, isLate]) loser.catch(() => {});
      waiting.abort();
    },
    async leave() {
      await producer.stop();
      const end = performance.now() + CLOSING_MS;
      const isLeft = () => {
        const { sockets, timers } = countLeftovers();
        return sockets + timers > 0;
      };
      while (isLeft() && performance.now() < end) await new Promise(setImmediate);
    },
    async close() {
      if (isTerminal && child.connected && process.exitCode !== 130) {
        console.log(`\n${bold('picture')}   ${cyan(url)}  ${dim('until Ctrl-C')}`);
        await once(process, 'SIGINT');
      }
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
