// Why: docs/decisions/0022-an-inspector-of-our-own.md
// Consumers whose `lib` has no `Symbol.asyncDispose` get it from here: an `Inspector` has the method.
/// <reference lib="esnext.disposable" preserve="true" />
import { createReconnectActor } from '../machine/reconnectActor.js';
import { BackgroundClock } from './backgroundClock.js';
import { obey } from './commands.js';
import { Doings } from './doings.js';
import type { ActionEvent, InspectedActor, InspectionEvent } from './inspectionEvent.js';
import { family, LiveActors, rootOf } from './liveActors.js';
import { isBirth, isShown, messageOf, missedMessage, registration } from './messages.js';
import { resolveSettings, type InspectorOptions } from './options.js';
import { FrameSender } from './frameSender.js';
import { tryOr } from './pick.js';
import { socketConnector } from './socketConnector.js';
import { type WatchableLink, Watched } from './watched.js';

/** Maximum duration of one attempt to reach the server, in milliseconds; it may keep a process alive that long. */
const CONNECT_TIMEOUT_MS = 5000;

/** The result of `createInspector`, for any number of actors. */
export interface Inspector {
  /** Pass it as the option `inspect` to any XState v5 actor; it never throws. */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Shows a link that is not an XState actor: one of `createReconnectActor` of `schmoozer/compiled`. It has states and
   * events, but no microsteps. Returns a function that ends the display; the end of the link ends it, too.
   */
  readonly watch: (link: WatchableLink) => () => void;
  /** True while a server is connected. */
  readonly isConnected: boolean;
  /**
   * Number of events that were not sent to the server. The number itself is sent when the server is available again.
   */
  readonly missed: number;
  /**
   * Sends the buffered data, closes, and accepts no more events. It waits until a connection that is being opened is
   * open, and then until the server has read the sent data, each for at most `gracePeriodMs`.
   */
  stop(): Promise<void>;
  /** Same as `stop`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Shows actors in the Stately inspector, or in any tool that reads the format of `@statelyai/inspect` 0.7. Only the
 * fields named in `allow` leave the process.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds, or there is no WebSocket class
 */
export function createInspector(options: InspectorOptions = {}): Inspector {
  const settings = resolveSettings(options);
  const { allow, backoff, maxBufferedBytes, gracePeriodMs } = settings;
  const clock = new BackgroundClock();
  const liveActors = new LiveActors();
  const watched = new Set<Watched>();
  const doings = new Doings();
  const sender = new FrameSender(maxBufferedBytes, clock, {
    missed: missedMessage,
    *actors() {
      for (const { actor, rootId } of liveActors.all()) yield registration(actor, rootId, settings);
      for (const one of watched) yield one.registration();
    },
  });
  const find = (sessionId: string): InspectedActor | undefined => {
    const live = [...liveActors.all(), ...watched];
    return live.map(({ actor }) => actor).find((actor) => actor.sessionId === sessionId);
  };
  const onMessage = (text: unknown) => obey(text, find, settings.logger);
  // Not inspected itself: each report would cause another report.
  const link = createReconnectActor(socketConnector(settings, sender, onMessage), {
    backoff,
    clock,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    gracePeriodMs: gracePeriodMs,
    logger: () => {},
  });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    clock.isAwaited = true;
    await sender.settledWithin(gracePeriodMs);
    await link.close();
  };
  const inspect = (event: InspectionEvent) => {
    if (stopped !== undefined) return;
    if (event.type === '@xstate.action') {
      if (sender.wantsFrames) tryOr(() => doings.note(event as ActionEvent, allow), undefined);
      return;
    }
    if (!isShown(event, settings)) return;
    try {
      if (!liveActors.follow(event) && sender.wantsFrames) {
        // Seen for the first time in the middle of its life.
        for (const actor of family(rootOf(event.actorRef as InspectedActor))) {
          sender.send(registration(actor, event.rootId, settings));
        }
      }
      const done = event.type === '@xstate.snapshot' ? doings.take(event.actorRef) : {};
      if (sender.wantsFrames) {
        if (isBirth(event, settings)) {
          sender.send(registration(event.actorRef as InspectedActor, event.rootId, settings));
        }
        sender.send(messageOf(event, settings, done));
      } else sender.miss();
    } catch {
      sender.miss();
    }
  };
  const watch = (other: WatchableLink) => {
    const one = new Watched(other, settings);
    watched.add(one);
    return one.follow(
      (make) => {
        if (stopped !== undefined) return;
        if (sender.wantsFrames) sender.send(make());
        else sender.miss();
      },
      () => watched.delete(one),
    );
  };
  link.start();
  return {
    inspect,
    watch,
    get isConnected() {
      return sender.isOpen;
    },
    get missed() {
      return sender.missed;
    },
    stop: () => (stopped ??= stop()),
    [Symbol.asyncDispose]: () => (stopped ??= stop()),
  };
}
