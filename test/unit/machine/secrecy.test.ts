import { Break, Continue, createReconnectActor, redact } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { type AnyActorRef, type InspectionEvent } from 'xstate';
import { lacking } from '../../support/engine.js';

const SECRET = 'hunter2';

class SecretConnector {
  password = SECRET;
  nested = { token: SECRET };
  #round = 0;

  async connect() {
    if (this.#round++ === 0) throw new Error('refused');
    return { socket: SECRET, nested: { key: SECRET } };
  }

  async run() {
    return this.#round < 3 ? Continue() : Break('done');
  }

  retryDelay() {
    return this.#round === 1 ? Promise.resolve(Continue(10)) : Continue(0);
  }

  async disconnect(_connection: unknown) {}
}

/** Every string that a walk over enumerable keys, own or inherited, comes upon. */
function strings(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const found: string[] = [];
  for (const key in value) found.push(...strings((value as Record<string, unknown>)[key], seen));
  if (value instanceof Map || value instanceof Set) {
    for (const item of value.values()) found.push(...strings(item, seen));
  }
  return found;
}

function snapshotsOf(actor: AnyActorRef): unknown[] {
  const snapshot = actor.getSnapshot() as { children?: Record<string, AnyActorRef> };
  const children = Object.values(snapshot.children ?? {}).flatMap((c) => (c ? snapshotsOf(c) : []));
  return [
    snapshot,
    (actor as unknown as { getPersistedSnapshot(): unknown }).getPersistedSnapshot(),
    ...children,
  ];
}

describe('nothing live or secret is readable', () => {
  it.skipIf(lacking('inspect'))(
    'in snapshots, persisted snapshots, emitted events and inspection events, of children too',
    async () => {
      const clock = virtualClock();
      const texts: string[] = [];
      const states = new Set<string>();
      const keep = (value: unknown) => void texts.push(JSON.stringify(value) ?? '');
      const connector = new SecretConnector();
      const logged: unknown[] = [];
      let isMade = false;
      const actor = createReconnectActor(connector, {
        clock,
        logger: (error) => void logged.push(error),
        inspect: (event: InspectionEvent) => {
          keep(event);
          if ('snapshot' in event) keep(event.snapshot);
          if ('event' in event) texts.push(...strings(event.event));
          // An actor that is being made, by a choice at once, has no snapshot yet.
          if (event.type !== '@xstate.actor' && isMade)
            snapshotsOf(event.actorRef as AnyActorRef).forEach(keep);
        },
      });
      isMade = true;
      actor.on('*', (event) => {
        keep(event);
        texts.push(...strings(event));
      });
      actor.subscribe((snapshot) => {
        states.add(JSON.stringify(snapshot.value));
        snapshotsOf(actor).forEach(keep);
        const { machine: _, ...readable } = snapshot as unknown as Record<string, unknown>;
        texts.push(...strings({ ...readable, _nodes: undefined, children: undefined }));
        for (const child of Object.values(snapshot.children)) {
          texts.push(
            ...strings(child?.getSnapshot()),
            ...strings((child as { options?: object })?.options),
          );
        }
      });
      actor.start();
      await clock.advance(10);
      expect(actor.getSnapshot().output).toEqual({ status: 'completed', value: 'done' });
      expect(logged).toEqual([]);
      // The walk saw every kind of state, so it could have found the secret in any.
      expect(states.size).toBeGreaterThanOrEqual(5);
      expect(texts.length).toBeGreaterThan(100);
      expect(texts.filter((text) => text.includes(SECRET))).toEqual([]);
    },
  );

  it('the walk finds a secret that is not hidden', () => {
    expect(strings({ a: { b: [SECRET] } })).toEqual([SECRET]);
    expect(JSON.stringify(new SecretConnector())).toContain(SECRET);
    expect(JSON.stringify(redact(new SecretConnector()))).toBe('{}');
  });
});
