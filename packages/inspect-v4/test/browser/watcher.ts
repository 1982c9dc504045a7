import { createWindowReceiver } from '@xstate/inspect';

/** The page that watches, made of the package's own receiver; it keeps what the test compares. */
const seen: unknown[] = [];
const receiver = createWindowReceiver();
receiver.subscribe((event) => {
  if (event.type === 'service.register' || event.type === 'service.state') {
    const { _event: cause, value, context } = event.state;
    seen.push([event.type, event.sessionId, cause.name, value, context]);
  } else if (event.type === 'service.event') {
    seen.push([event.type, event.sessionId, event.event.name]);
  } else seen.push([event.type, event.sessionId]);
  if (event.type === 'service.register') {
    Object.assign(globalThis, {
      guards: Object.values(event.machine.states['waiting']?.states['choosing']?.on ?? {})
        .flat()
        .map(({ cond }) => cond?.name ?? ''),
    });
  }
});
Object.assign(globalThis, { seen, receiver });
