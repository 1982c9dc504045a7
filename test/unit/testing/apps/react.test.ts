import assert from 'node:assert/strict';
import { useActorRef, useSelector } from '@xstate/react';
import { parseHTML } from 'linkedom';
import { createElement, Fragment, StrictMode, useEffect, useState } from 'react';
import { type ReconnectMachine, reconnectMachineOf } from 'schmoozer';
import { modelTest, type ModelTestLink, type VirtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { newScript, type Scripted, scripted } from './script.js';

const { window, document } = parseHTML('<!doctype html><body></body>');
Object.assign(window, { location: { protocol: 'http:' } });
Object.assign(globalThis, { window, document, navigator: { userAgent: 'a test' } });
// They look for a document when they are loaded.
const { createRoot } = await import('react-dom/client');

type Mistake = 'a listener per session' | 'online until it is closed' | 'the delay before';

interface StatusProps {
  readonly machine: ReconnectMachine<unknown, never>;
  readonly clock: VirtualClock;
  readonly onLink: (link: ModelTestLink) => void;
  readonly mistake: Mistake | undefined;
}

const tags = ['connecting', 'online', 'closing', 'waiting', 'suspended', 'stopping'] as const;

/** A component that makes its link, and says how it is. */
function Status({ machine, clock, onLink, mistake }: StatusProps) {
  const link = useActorRef(machine, { clock } as never);
  onLink(link as ModelTestLink);
  const phase = useSelector(link, (snapshot) => tags.find((tag) => snapshot.hasTag(tag)) ?? 'over');
  const epoch = useSelector(link, ({ context }) => context.epoch);
  const [delayMs, setDelayMs] = useState<number>();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const listening = [
      link.on('retry.scheduled', (event) =>
        setDelayMs((before) =>
          mistake === 'the delay before' ? (before ?? event.delayMs) : event.delayMs,
        ),
      ),
      link.on('connection.opened', () => setOpen(true)),
      link.on('connection.closed', () => setOpen(false)),
    ];
    return () => listening.forEach(({ unsubscribe }) => unsubscribe());
  }, [link, mistake]);
  useEffect(() => {
    const { unsubscribe } = link.on('connection.stable', () => {});
    return mistake === 'a listener per session' ? undefined : unsubscribe;
  }, [link, mistake, epoch]);
  const shown = mistake === 'online until it is closed' && isOpen ? 'online' : phase;
  return createElement('p', null, phase === 'waiting' ? `waiting ${delayMs} ms` : shown);
}

interface World extends Scripted {
  readonly box: { readonly textContent: string | null };
}

function testOf(mistake?: Mistake, isStrict = false) {
  const shows =
    (text: string) =>
    ({ box }: World) =>
      assert.equal(box.textContent, text);
  return modelTest<World, never, unknown>({
    ...(scripted<World>() as object as ReturnType<typeof scripted<World>> & { connector: never }),
    world: () => ({ script: newScript(), box: document.createElement('div') }),
    async create(connector, { world, clock, options }) {
      const root = createRoot(world.box as never);
      let link: ModelTestLink | undefined;
      const machine = reconnectMachineOf(() => connector, options) as never;
      const onLink = (made: ModelTestLink) => void (link = made);
      const status = createElement(Status, { machine, clock, onLink, mistake });
      root.render(createElement(isStrict ? StrictMode : Fragment, null, status));
      await clock.drain();
      await clock.drain();
      return { link: () => link, stop: () => root.unmount() };
    },
    states: {
      connecting: shows('connecting'),
      running: shows('online'),
      waiting: ({ box }, { remainingMs }) =>
        assert.equal(box.textContent, `waiting ${remainingMs} ms`),
      closing: shows('closing'),
      stopping: shows('stopping'),
      suspended: shows('suspended'),
      stopped: shows('over'),
    },
  });
}

describe('a component of React', () => {
  it.each([false, true])('passes every edge, in strict mode: %s', async (isStrict) => {
    const test = testOf(undefined, isStrict);
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 })) await path.run();
    test.coverage.assertComplete();
  });

  it.each<[Mistake, string]>([
    ['a listener per session', 'steady.listeners of the link'],
    ['online until it is closed', 'states.closing'],
    ['the delay before', 'states.waiting'],
  ])('with a mistake is found out: %s, by %s', async (mistake, field) => {
    const run = async () => {
      for (const path of testOf(mistake).paths({ cover: 'edges' })) await path.run();
    };
    await expect(run()).rejects.toMatchObject({ field });
  });
});
