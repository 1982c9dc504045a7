/** What the server and the page say to each other: JSON text frames over one WebSocket. */

/** An actor as the list shows it. */
export interface ActorSummary {
  /** `producer/sessionId`: session ids repeat from process to process. */
  readonly key: string;
  readonly sessionId: string;
  readonly name: string;
  /** The connection, or the app, it came over. */
  readonly producer: string;
  /** The key of the actor that invoked or spawned it. */
  readonly parent?: string;
  /** Shared by the actors of one system: the sequence view shows them together. */
  readonly family: string;
  /** False for promises, callbacks and the like, which have no chart. */
  readonly isMachine: boolean;
  /** Dotted paths of the innermost states; empty without a chart. */
  readonly states: readonly string[];
  readonly tags: readonly string[];
  readonly status: ActorStatus;
  /** False once its producer has gone. */
  readonly isConnected: boolean;
  /** Macrosteps seen, kept or not. */
  readonly steps: number;
  /** Which process it is in, where the app says so. */
  readonly app?: AppInfo;
  /** False while it has not been started, as far as is known: React makes some actors that are never used. */
  readonly isUsed: boolean;
  /** The engine that runs it when that is not XState. */
  readonly engine?: string;
  /** What may be sent to it from the page. */
  readonly commands?: readonly string[];
}

/** A process. */
export interface AppInfo {
  readonly name?: string;
  readonly version?: string;
  readonly pid?: number;
}

export type ActorStatus = 'active' | 'done' | 'error' | 'stopped';

export interface Named {
  readonly type: string;
}

/** The parts of a snapshot that the page reads; a producer may leave out any of them. */
export interface SnapshotView {
  readonly status?: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly tags?: readonly string[];
  readonly output?: unknown;
  readonly error?: unknown;
}

/** A transition that was taken, as a producer with microsteps names it. */
export interface TakenTransition {
  /** Empty for `always`. */
  readonly eventType: string;
  /** The id of the state that owns it. */
  readonly source: string;
  /** Ids; empty when it has no target. */
  readonly target: readonly string[];
  readonly guard?: string;
}

/** An `after` that is running, as a producer that knows it tells it. */
export interface RunningTimer {
  /** `xstate.after.DELAY.STATE_ID`. */
  readonly eventType: string;
  readonly delayMs: number;
  /** Milliseconds since 1970; the entry of the state when it is left out. */
  readonly startedAt?: number;
}

interface Stamp {
  /** Grows by every record of the server; the order of arrival. */
  readonly seq: number;
  /** Milliseconds since 1970, on the producer's clock. */
  readonly at: number;
}

/** What happened to one actor. */
export type ActorRecord = Stamp &
  (
    | {
        readonly kind: 'actor';
        readonly snapshot: SnapshotView;
        readonly after?: readonly RunningTimer[];
      }
    | { readonly kind: 'event'; readonly event: Named; readonly from?: string }
    | {
        readonly kind: 'snapshot';
        readonly event: Named;
        readonly snapshot: SnapshotView;
        readonly after?: readonly RunningTimer[];
        /** Names of the actions of this step, where the app says them. */
        readonly actions?: readonly string[];
        /** What the actor emitted in this step. */
        readonly emitted?: readonly Named[];
      }
    | {
        readonly kind: 'microstep';
        readonly transitions: readonly TakenTransition[];
        readonly snapshot: SnapshotView;
        readonly after?: readonly RunningTimer[];
      }
  );

/** An event on its way from one actor to another. */
export interface Message extends Stamp {
  /** Undefined: from outside the actors. */
  readonly from?: string;
  readonly to: string;
  readonly type: string;
}

/** What the server has in sum. */
export interface Totals {
  readonly actors: number;
  readonly kept: number;
  readonly keptBytes: number;
  /** Records that made room for newer ones. */
  readonly dropped: number;
  /** Frames that were no frames of the format, or held too much. */
  readonly rejected: number;
  /** Frames of which a part was left out. */
  readonly cut: number;
  /** Apps and pages for which there was no room. */
  readonly turnedAway: number;
  /** Frames lost to a mistake in the inspector. */
  readonly failed: number;
  /** Events of which apps say that they could not send them. */
  readonly missed: number;
  readonly producers: number;
  /** Actors that failed. */
  readonly failedActors: number;
}

export type ServerMessage =
  /** First on every connection: another `instance` means another server, which knows nothing of the old one's actors. */
  | {
      readonly type: 'hello';
      readonly instance: string;
      readonly producerUrl: string;
      /** The name of the recording that is shown; nothing comes any more. */
      readonly recording?: string;
    }
  | {
      readonly type: 'actors';
      /** Those that the page had are no more: it has missed too much. */
      readonly isAnew?: true;
      readonly changed: readonly ActorSummary[];
      readonly removed: readonly string[];
      readonly totals: Totals;
    }
  /** What there is of the selected actor, the newest part of it; replaces what the page had. */
  | {
      readonly type: 'history';
      readonly key: string;
      readonly definition: string | null;
      /** Why there is no definition, although one came. */
      readonly lostDefinition?: string;
      /** Records that are not told: they have made room, or all together are too large. */
      readonly dropped: number;
      readonly records: readonly ActorRecord[];
      readonly messages: readonly Message[];
    }
  /** What came since. */
  | {
      readonly type: 'news';
      readonly key: string;
      readonly records: readonly ActorRecord[];
      readonly messages: readonly Message[];
    };

export type PageMessage =
  | { readonly type: 'select'; readonly key: string | null }
  /** One of the commands that the actor allows. */
  | { readonly type: 'command'; readonly key: string; readonly command: string };
