/** Frames that are alike but for a number of eight digits, which stands where this does. */
export const COUNTER = '########';

export interface Flood {
  readonly frames: number;
  readonly frame: string;
}

const MIB = 1024 * 1024;
const long = (length = 3.9 * MIB) => COUNTER.padEnd(length, 'x');
/** Two bytes for each character, as it is kept. */
const wide = (length: number) => COUNTER.padEnd(length, '\u00e9\u4e00');
const many = <T>(count: number, item: (i: number) => T) =>
  Array.from({ length: count }, (_, i) => item(i));
/** Each frame has keys that no other one has. */
const keys = (count: number) =>
  Object.fromEntries(many(count, (i) => [`${i} ${i % 1000 === 0 ? COUNTER : ''}`, i]));
const deep = (levels: number) => `${'{"a":'.repeat(levels)}"${COUNTER}"${'}'.repeat(levels)}`;

const text = (type: string, more: object) =>
  JSON.stringify({ type: `@xstate.${type}`, sessionId: 'x', ...more });
const actor = (more: object) => text('actor', { snapshot: { value: 'a' }, ...more });
const event = (more: object) => text('event', { event: { type: 'go' }, ...more });
const snapshot = (more: object) =>
  text('snapshot', { event: { type: 'go' }, snapshot: { value: 'a', ...more } });

const large = (frame: string): Flood => ({ frames: 20, frame });
const small = (frame: string): Flood => ({ frames: 5000, frame });

/** Every field that a frame has, each with all that it can hold too much of. */
export const floods: Readonly<Record<string, Flood>> = {
  'definitions, all different': {
    frames: 300,
    frame: actor({ sessionId: COUNTER, definition: JSON.stringify({ id: long(400_000) }) }),
  },
  'definitions, too long': large(actor({ definition: long() })),
  'definitions as objects': large(actor({ definition: { id: 'm', states: keys(40_000) } })),
  'names, too long': large(actor({ name: long() })),
  'names of new actors': small(actor({ sessionId: COUNTER, name: wide(490) })),
  'ids of sessions': small(event({ sessionId: wide(490) })),
  'ids of sessions, too long': large(event({ sessionId: long() })),
  'parents and roots': small(actor({ parentId: wide(490), rootId: wide(490) })),
  'parents of new actors': small(actor({ sessionId: COUNTER, parentId: wide(490) })),
  senders: small(event({ sourceId: wide(490) })),
  'types of events': small(event({ event: { type: wide(990) } })),
  'types of events, too long': large(event({ event: { type: long() } })),
  'payloads of events': large(event({ event: { type: 'go', text: long() } })),
  'moments of frames': large(event({ createdAt: long() })),
  'contexts of one text': large(snapshot({ context: { text: long() } })),
  'contexts of many texts': {
    frames: 200,
    frame: snapshot({ context: many(200, () => wide(700)) }),
  },
  'contexts of many keys': large(snapshot({ context: keys(40_000) })),
  'contexts of empty lists': large(
    `{"type":"@xstate.snapshot","sessionId":"x","snapshot":{"context":[${'[],'.repeat(MIB)}0]}}`,
  ),
  'contexts of many levels': large(
    `{"type":"@xstate.snapshot","sessionId":"x","snapshot":{"context":${deep(40_000)}}}`,
  ),
  'states of many levels': large(
    `{"type":"@xstate.snapshot","sessionId":"x","snapshot":{"value":${deep(40_000)}}}`,
  ),
  'states, all active, with a long name before each': large(
    snapshot({ value: { [long(100_000)]: Object.fromEntries(many(20_000, (i) => [i, 'on'])) } }),
  ),
  tags: large(snapshot({ tags: many(40_000, (i) => `tag ${i}`) })),
  'tags, too long': large(snapshot({ tags: [long()] })),
  'states of life': large(snapshot({ status: long() })),
  errors: large(snapshot({ error: { message: long() } })),
  outputs: large(snapshot({ output: long() })),
  children: large(snapshot({ children: keys(40_000) })),
  timers: large(
    text('snapshot', {
      snapshot: { value: 'a' },
      _after: many(15_000, (i) => ({ eventType: `xstate.after.${i}`, delayMs: i })),
    }),
  ),
  transitions: large(
    text('microstep', {
      _transitions: many(10_000, () => ({ source: 'm', target: [long(200)], guard: long(20) })),
    }),
  ),
  'targets of a transition': large(
    text('microstep', {
      _transitions: [{ source: long(MIB), target: many(40_000, String), guard: long(MIB) }],
    }),
  ),
  'events of a busy actor beside a quiet one': { frames: 20_000, frame: event({}) },
  'counts of missed events': small(`{"type":"@schmoozer.missed","count":${'9'.repeat(15)}}`),
  rubbish: large(long()),
};

/** The frame of a flood, ready to be sent with one number after the other in it. */
export function numbered({ frame }: Flood): (i: number) => Buffer {
  const bytes = Buffer.from(frame);
  const places: number[] = [];
  for (let at = bytes.indexOf(COUNTER); at >= 0; at = bytes.indexOf(COUNTER, at + 1)) {
    places.push(at);
  }
  return (i) => {
    const digits = String(i).padStart(COUNTER.length, '0');
    for (const place of places) bytes.write(digits, place, 'latin1');
    return bytes;
  };
}
