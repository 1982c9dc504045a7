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

/** How long one try to reach the server may take, in milliseconds; it may hold a process for as long. */
const CONNECT_TIMEOUT_MS = 5000;

/** What `createInspector` makes: for any number of actors. */
export interface Inspector {
  /** For the option `inspect` of any actor of XState v5; it never throws. */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Shows a link that is no actor of XState's: one of `createReconnectActor` of `schmoozer/compiled`. It has states and events, and no
   * microsteps. Answers what ends it; the end of the link does, too.
   */
  readonly watch: (link: WatchableLink) => () => void;
  /** Whether a server is connected. */
  readonly isConnected: boolean;
  /** Events that the server has not been told of, and will be told the number of when it is back. */
  readonly missed: number;
  /**
   * Sends what is buffered, closes, and takes no more. Waits up to `gracePeriodMs` for a connection that is
   * being opened, and again for the server to have read what was sent.
   */
  stop(): Promise<void>;
  /** The same as `stop`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Shows actors in the Stately inspector, or in any tool that reads the format of `@statelyai/inspect` 0.7.
 * Only fields that `allow` names leave the process.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds, or there is no class to connect with
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
  // Not inspected itself: it would tell of telling.
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
