import { constantBackoff } from 'schmoozer';
import { createGroup, type GroupEmitted, type GroupOptions } from 'schmoozer/group';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';

/** A group on a virtual clock, and what it tells of. */
export function groupHarness(options: GroupOptions = {}) {
  const clock = virtualClock();
  const logged: unknown[] = [];
  const group = createGroup({
    clock,
    now: clock.now,
    limiter: false,
    backoff: constantBackoff(1000),
    logger: (error) => void logged.push(error),
    ...options,
  });
  const events: GroupEmitted[] = [];
  group.on('*', (event) => void events.push(event));
  const told = () =>
    events
      .splice(0)
      .map((event) => ('name' in event ? `${event.name}: ${event.type}` : event.type));
  const settle = async (action: () => void) => {
    await clock.drain();
    action();
    await clock.drain();
  };
  const states = () => {
    const { states: all } = group.health();
    return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
  };
  /** Adds a link of that name, opened if `isOpen`. */
  const add = async (name: string, isOpen = true) => {
    const script = scriptedConnector();
    group.add(name, script.connector);
    if (isOpen) await settle(() => script.connects[0]?.resolve());
    return script;
  };
  return { clock, logged, group, events, told, settle, states, add };
}
