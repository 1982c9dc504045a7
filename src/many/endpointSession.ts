import type { Member, RoundState } from './endpointPool.js';

/** A session at one of several endpoints. */
export interface EndpointSession<TConnection, TEndpoint> {
  /** What the `connect` of its connector has resolved to. */
  readonly connection: TConnection;
  /** The endpoint it is connected to. */
  readonly endpoint: TEndpoint;
}

/** The same, with what the link knows of it. */
export class OwnedEndpointSession<TConnection, TEndpoint> implements EndpointSession<
  TConnection,
  TEndpoint
> {
  readonly connection: TConnection;
  readonly endpoint: TEndpoint;
  readonly member: Member;
  readonly epoch: number;
  readonly openedAtMs: number;
  /** Ends the watch for a better endpoint. */
  stopWatch: () => void = () => {};
  /** A better endpoint answers. */
  onBetter: () => void = () => {};
  /** How it has ended: as it was asked to, or by itself. */
  ended: 'asked' | 'alone' | undefined;
  /** What its end has made of the round; undefined if it was none. */
  round: RoundState | undefined;

  constructor(connection: TConnection, member: Member, epoch: number, openedAtMs: number) {
    this.connection = connection;
    this.member = member;
    this.endpoint = member.endpoint as TEndpoint;
    this.epoch = epoch;
    this.openedAtMs = openedAtMs;
  }
}
