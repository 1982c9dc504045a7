import {
  Break,
  Continue,
  fatal,
  type ReconnectContext,
  type ReconnectEmitted,
  retryable,
  SchmoozerError,
} from 'schmoozer';
import { Redacted } from '../../../src/core/redacted.js';
import { unwrap } from '../../../src/core/thrown.js';
import type { CallScript, Deed, Script } from './script.js';

/** What an engine's actor is, as far as it is watched. */
export interface Watched {
  getSnapshot(): {
    readonly status: string;
    readonly value: unknown;
    readonly context: ReconnectContext;
    readonly output?: unknown;
    readonly error?: unknown;
    readonly tags: ReadonlySet<string>;
    can(event: { type: string }): boolean;
  };
  start(): unknown;
  stop(): unknown;
  send(event: { type: string; reason?: unknown }): void;
  on(type: string, listener: (event: ReconnectEmitted) => void): { unsubscribe(): void };
  subscribe(observer: object): { unsubscribe(): void };
}

export type Engine = (connector: object, options: object) => Watched;

/** What waits for the event loop's next turn: `nextTurn` is mocked. */
export const turns: (() => void)[] = [];

const errors = {
  plain: new Error('plain'),
  bug: new TypeError('bug'),
  lost: new Error('lost'),
  listener: new Error('listener'),
};

const COMMANDS = ['stop', 'reconnect', 'suspend', 'resume', 'probe'] as const;

/** Everything that can be seen of a life, each entry with the number of the microtask. */
export async function traceOf(engine: Engine, script: Script): Promise<string[]> {
  const life = new Life(engine, script);
  await life.live();
  return life.trace;
}

type Settle = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void;

interface Pending {
  readonly name: string;
  isSettled: boolean;
  settle(way: number): void;
}

class Life {
  readonly trace: string[] = [];
  readonly #script: Script;
  readonly #actor: Watched;
  readonly #pending: Pending[] = [];
  readonly #due: { readonly id: number; readonly callback: () => void }[] = [];
  readonly #snapshots: object[] = [];
  readonly #heard: Record<string, number> = {};
  readonly #subscriptions: { unsubscribe(): void }[] = [];
  readonly #drains: (() => void)[] = [];
  readonly #grants: (() => void)[] = [];
  #tick = 0;
  #nowMs = 0;
  #timers = 0;
  #counts = { calls: 0, connections: 0, releases: 0, asks: 0 };

  constructor(engine: Engine, script: Script) {
    this.#script = script;
    turns.length = 0;
    this.#actor = engine(this.#connector(), {
      // A clock that can ring in the middle of things, which a real one cannot.
      clock: {
        setTimeout: (callback: () => void, ms: number) => {
          this.#note(`set ${ms}`);
          this.#due.push({ id: ++this.#timers, callback });
          return this.#timers;
        },
        clearTimeout: (id: number) => {
          const at = this.#due.findIndex((timer) => timer.id === id);
          this.#note(`clear ${at >= 0}`);
          if (at >= 0) this.#due.splice(at, 1);
        },
      },
      // Who asks for the time more often is told another.
      now: () => (this.#nowMs += 0.001),
      random: () => 0.5,
      logger: (error: unknown) => this.#note(`logged ${show(error)}`),
      ...(script.permits.length > 0 && { limiter: this.#limiter() }),
      ...script.options,
    });
  }

  async live(): Promise<void> {
    this.#listen('first');
    for (const deed of this.#script.before) this.#do(deed, 'before');
    this.#note(`start ${this.#seen()}`);
    this.#actor.start();
    for (const { what, which, way, ticks, after } of this.#script.steps) {
      this.#tick = 0;
      if (what === 'settle') this.#settle(which, way);
      else if (what === 'timer') this.#due.shift()?.callback();
      else if (what === 'turn') turns.shift()?.();
      else if (what === 'drain') this.#drains.shift()?.();
      else if (what === 'grant') this.#grants.shift()?.();
      else if (what === 'stall') {
        this.#nowMs += 21_000;
        this.#due.shift()?.callback();
      } else this.#do(what, 'outside');
      for (let k = 0; k < 16; k++) {
        if (k === ticks) this.#do(after, `after ${k}`);
        await this.#next();
      }
      this.#note(`${this.#due.length} timers, ${turns.length} turns ${this.#seen()}`);
    }
    this.#actor.stop();
    for (const call of this.#pending) if (!call.isSettled) call.settle(0);
    for (let k = 0; k < 16; k++) await this.#next();
    this.#note(`end, ${this.#due.length} timers ${this.#seen()}`);
  }

  async #next(): Promise<void> {
    await Promise.resolve();
    this.#tick += 1;
  }

  #note(text: string): void {
    this.trace.push(`${this.#tick} ${text}`);
  }

  /** The snapshot, and which one it is. */
  #seen(): string {
    // Methods are asked for in the constructor of the engine, too.
    const actor = this.#actor as Watched | undefined;
    if (actor === undefined) return 'nothing yet';
    const snapshot = actor.getSnapshot();
    const known = this.#snapshots.indexOf(snapshot);
    const number = known >= 0 ? known : this.#snapshots.push(snapshot) - 1;
    const { status, value, context, output, error, tags } = snapshot;
    const { settings: _, lease, ...rest } = context;
    const can = COMMANDS.filter((type) => snapshot.can({ type }));
    const facts = { status, value, tags: [...tags], can, lease: lease?.state, rest, output, error };
    return `#${number} ${show(facts)}`;
  }

  #do(deed: Deed | 'settle', from: string): void {
    if (deed === 'nothing' || deed === 'settle') return;
    this.#note(`${from}: ${deed}`);
    if (deed === 'ring') this.#due.shift()?.callback();
    else if (deed === 'actor.stop()') this.#actor.stop();
    else if (deed === 'listen') this.#listen(`from ${from}`);
    else if (deed === 'leave') this.#subscriptions.pop()?.unsubscribe();
    else if (this.#actor.getSnapshot().status === 'active') {
      this.#actor.send({ type: deed, reason: from });
    }
  }

  #settle(which: number, way: number): void {
    const open = this.#pending.filter(({ isSettled }) => !isSettled);
    const call = open[which % Math.max(1, open.length)];
    if (call === undefined) return;
    this.#note(`settle ${call.name} ${way}`);
    call.settle(way);
  }

  #listen(name: string): void {
    this.#subscriptions.push(
      this.#actor.on('*', (event) => this.#hear(event.type, `${name} ${show(event)}`)),
      this.#actor.on('connection.opened', (event) => this.#note(`${name} too ${event.type}`)),
      this.#actor.subscribe({
        next: (snapshot: object) => {
          const isCurrent = snapshot === this.#actor.getSnapshot();
          this.#hear('next', `${name} ${isCurrent ? 'current' : 'another'}`);
        },
        complete: () => this.#hear('complete', name),
        error: (error: unknown) => this.#note(`${name} error ${show(error)} ${this.#seen()}`),
      }),
    );
  }

  #hear(type: string, text: string): void {
    this.#note(`${type} ${text} ${this.#seen()}`);
    const nth = (this.#heard[type] = (this.#heard[type] ?? 0) + 1);
    for (const ear of this.#script.ears) {
      if (ear.on !== type || ear.nth !== nth) continue;
      this.#do(ear.does, `ear of ${type}`);
      if (ear.throws) throw errors.listener;
    }
  }

  #call(name: string, told: { readonly signal?: AbortSignal }, ways: readonly Settle[]): unknown {
    const { calls } = this.#script;
    const script = calls[this.#counts.calls++ % calls.length] as CallScript;
    this.#note(`${name} ${show({ ...told })} ${this.#seen()}`);
    if (script.how === 'throws') {
      this.#do(script.inside, `inside ${name}`);
      throw errors.plain;
    }
    let resolve: (value: unknown) => void = () => {};
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    promise.catch(() => {});
    const call: Pending = {
      name,
      isSettled: false,
      settle: (way) => {
        call.isSettled = true;
        ways[way % ways.length]?.(resolve, reject);
      },
    };
    this.#pending.push(call);
    if (script.reads && told.signal !== undefined) this.#watch(call, told.signal, reject, script);
    this.#do(script.inside, `inside ${name}`);
    if (script.how === 'promise') return promise;
    let bare: unknown;
    call.isSettled = true;
    ways[0]?.(
      (value) => (bare = value),
      () => {},
    );
    return bare;
  }

  #watch(
    call: Pending,
    signal: AbortSignal,
    reject: (error: unknown) => void,
    { onAbort }: CallScript,
  ): void {
    signal.addEventListener('abort', () => {
      this.#note(`${call.name} aborted ${show(signal.reason)} ${this.#seen()}`);
      if (onAbort !== 'settle') this.#do(onAbort, `abort of ${call.name}`);
      else if (!call.isSettled) {
        call.isSettled = true;
        reject(signal.reason);
      }
    });
  }

  #connector(): object {
    const { hasClosed, hasProbe, hasRetryDelay } = this.#script;
    return {
      connect: (told: { signal: AbortSignal }) =>
        this.#call('connect', told, [
          (ok) => ok({ id: ++this.#counts.connections }),
          (ok) => ok({ id: ++this.#counts.connections }),
          (_, no) => no(errors.plain),
          (_, no) => no(fatal(errors.plain)),
          (_, no) => no(errors.bug),
          (_, no) => no(retryable(errors.plain, { delayMs: 7, consumesAttempt: false })),
          (_, no) => no(retryable(errors.plain, { delayMs: 9 })),
        ]),
      run: (_connection: unknown, told: { signal: AbortSignal }) =>
        this.#call('run', told, [
          (ok) => ok(Continue()),
          (ok) => ok(Break('done')),
          (_, no) => no(errors.plain),
          (_, no) => no(fatal(errors.plain)),
          (_, no) => no(errors.bug),
          (ok) => ok('nonsense'),
        ]),
      ...(hasClosed && {
        closed: () =>
          this.#call('closed', {}, [
            (ok) => ok(undefined),
            (ok) => ok({ error: errors.lost, detail: 'detail' }),
            (ok) => ok({ drained: new Promise<void>((drain) => this.#drains.push(drain)) }),
            (_, no) => no(errors.lost),
            (ok) => ok({ error: fatal(errors.lost) }),
          ]),
      }),
      ...(hasProbe && {
        probe: (_connection: unknown, told: { signal: AbortSignal }) =>
          this.#call('probe', told, [(ok) => ok(undefined), (_, no) => no(errors.lost)]),
      }),
      ...(hasRetryDelay && {
        retryDelay: (told: { signal: AbortSignal }) =>
          this.#call('retryDelay', told, [
            (ok) => ok(Continue(5)),
            (ok) => ok(Continue(0)),
            (ok) => ok(Break('no more')),
            (_, no) => no(errors.plain),
            (ok) => ok(Continue(Infinity)),
            (ok) => ok('nonsense'),
          ]),
      }),
      isRetryable: (error: unknown) => {
        this.#note(`isRetryable ${show(error)} ${this.#seen()}`);
        return error === errors.bug ? 'permanent' : undefined;
      },
      disconnect: (connection: { readonly id: number }) => {
        const { releases } = this.#script;
        const how = releases[this.#counts.releases++ % releases.length];
        this.#note(`disconnect ${connection.id} ${how} ${this.#seen()}`);
        if (how === 'throws') throw errors.plain;
        if (how === 'rejects') return Promise.reject(errors.plain);
        if (how === 'never') return new Promise<void>(() => {});
        return how === 'async' ? Promise.resolve().then(() => this.#note('released')) : undefined;
      },
    };
  }

  #limiter(): object {
    const permit = (name: string) => ({
      settle: (outcome: string) => this.#note(`${name} ${outcome} ${this.#seen()}`),
      unstable: (hintMs?: number) => this.#note(`${name} unstable ${hintMs} ${this.#seen()}`),
    });
    return {
      tryAcquire: () => {
        const { permits } = this.#script;
        const answer = permits[this.#counts.asks++ % permits.length];
        const name = `permit ${this.#counts.asks}`;
        this.#note(`asked ${answer} ${this.#seen()}`);
        if (answer === 'throws') throw errors.plain;
        if (answer === 'none') return {};
        return answer === 'at once' ? permit(name) : undefined;
      },
      enqueue: (_request: unknown, grant: (granted: object) => void) => {
        const name = `permit ${this.#counts.asks}`;
        this.#grants.push(() => grant(permit(name)));
        return () => this.#note(`${name} taken back ${this.#seen()}`);
      },
    };
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    const bare = unwrap(each instanceof Redacted ? Redacted.value(each) : each);
    if (bare instanceof SchmoozerError) return `${bare.code} ${bare.message} ${show(bare.cause)}`;
    if (bare instanceof Error) return String(bare);
    return bare === undefined ? 'undefined' : bare;
  }).replaceAll('"', '');
}
