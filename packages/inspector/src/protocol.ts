/** The messages between server and page: JSON text frames over one WebSocket. */

/** An actor in the list. */
export interface ActorSummary {
  /** `producer/sessionId`, because session ids repeat from process to process. */
  readonly key: string;
  readonly sessionId: string;
  readonly name: string;
  /** The connection, or the app, that sent it. */
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
  /** False after its producer has disconnected. */
  readonly isConnected: boolean;
  /** Number of macrosteps seen, stored or not. */
  readonly steps: number;
  /** The process of the actor, if the app sends it. */
  readonly app?: AppInfo;
  /** False while it has not been started, as far as known: React creates some actors that are never used. */
  readonly isUsed: boolean;
  /** The engine of the actor if that is not XState. */
  readonly engine?: string;
  /** The commands that the page may send to it. */
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

/** The parts of a snapshot that the page reads; a producer may omit any of them. */
export interface SnapshotView {
  readonly status?: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly tags?: readonly string[];
  readonly output?: unknown;
  readonly error?: unknown;
}

/** A transition that was taken, as sent by a producer with microsteps. */
export interface TakenTransition {
  /** Empty for `always`. */
  readonly eventType: string;
  /** The id of the state that owns it. */
  readonly source: string;
  /** Ids; empty without a target. */
  readonly target: readonly string[];
  readonly guard?: string;
}

/** A running `after`, if the producer sends it. */
export interface RunningTimer {
  /** `xstate.after.DELAY.STATE_ID`. */
  readonly eventType: string;
  readonly delayMs: number;
  /** Milliseconds since 1970; if omitted, the time at which the state was entered. */
  readonly startedAt?: number;
}

interface Stamp {
  /** Increases with every record of the server: the order of arrival. */
  readonly seq: number;
  /** Milliseconds since 1970, by the producer's clock. */
  readonly at: number;
}

/** A record of one actor. */
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
        /** Names of the actions of this step, if the app sends them. */
        readonly actions?: readonly string[];
        /** The events that the actor emitted in this step. */
        readonly emitted?: readonly Named[];
      }
    | {
        readonly kind: 'microstep';
        readonly transitions: readonly TakenTransition[];
        readonly snapshot: SnapshotView;
        readonly after?: readonly RunningTimer[];
      }
  );

/** An event sent from one actor to another. */
export interface Message extends Stamp {
  /** Undefined if it was sent from outside the actors. */
  readonly from?: string;
  readonly to: string;
  readonly type: string;
}

/** Totals of the server. */
export interface Totals {
  readonly actors: number;
  readonly kept: number;
  readonly keptBytes: number;
  /** Number of records that were removed to make room. */
  readonly dropped: number;
  /** Number of frames that did not have the format, or were too large. */
  readonly rejected: number;
  /** Number of frames from which a part was omitted. */
  readonly cut: number;
  /** Number of apps and pages that were refused because there was no room. */
  readonly turnedAway: number;
  /** Number of frames lost to an error of the inspector. */
  readonly failed: number;
  /** Number of events that apps report as not sent. */
  readonly missed: number;
  readonly producers: number;
  /** Number of actors that failed. */
  readonly failedActors: number;
}

export type ServerMessage =
  /**
   * The first message on every connection: another `instance` means another server, which has none of the previous
   * server's actors.
   */
  | {
      readonly type: 'hello';
      readonly instance: string;
      readonly producerUrl: string;
      /** The name of the displayed recording; nothing more is received. */
      readonly recording?: string;
    }
  | {
      readonly type: 'actors';
      /** Replaces all actors of the page: it has missed too much. */
      readonly isAnew?: true;
      readonly changed: readonly ActorSummary[];
      readonly removed: readonly string[];
      readonly totals: Totals;
    }
  /** The newest part of the selected actor's records; replaces the page's earlier data. */
  | {
      readonly type: 'history';
      readonly key: string;
      readonly definition: string | null;
      /** Why there is no definition, although one was sent. */
      readonly lostDefinition?: string;
      /** Number of records that are not sent: they were removed, or all together are too large. */
      readonly dropped: number;
      readonly records: readonly ActorRecord[];
      readonly messages: readonly Message[];
    }
  /** New records. */
  | {
      readonly type: 'news';
      readonly key: string;
      readonly records: readonly ActorRecord[];
      readonly messages: readonly Message[];
    };

export type PageMessage =
  | { readonly type: 'select'; readonly key: string | null }
  /** A command that the actor allows. */
  | { readonly type: 'command'; readonly key: string; readonly command: string };
