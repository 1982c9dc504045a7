import type { Member, RoundState } from './endpointPool.js';

/** A session at one of several endpoints. */
export interface EndpointSession<TConnection, TEndpoint> {
  /** The connection that the endpoint's connector opened. */
  readonly connection: TConnection;
  /** The endpoint it is connected to. */
  readonly endpoint: TEndpoint;
}

/** An EndpointSession with the data that the link needs. */
export class OwnedEndpointSession<TConnection, TEndpoint> implements EndpointSession<
  TConnection,
  TEndpoint
> {
  readonly connection: TConnection;
  readonly endpoint: TEndpoint;
  readonly member: Member;
  readonly epoch: number;
  readonly openedAtMs: number;
  /** Ends the search for a better endpoint. */
  stopWatch: () => void = () => {};
  /** Called when a better endpoint answers. */
  onBetter: () => void = () => {};
  /** How the session ended: `'asked'` on request, `'alone'` otherwise. */
  ended: 'asked' | 'alone' | undefined;
  /** The state of the round after the session's end; undefined if the end was not a failure. */
  round: RoundState | undefined;

  constructor(connection: TConnection, member: Member, epoch: number, openedAtMs: number) {
    this.connection = connection;
    this.member = member;
    this.endpoint = member.endpoint as TEndpoint;
    this.epoch = epoch;
    this.openedAtMs = openedAtMs;
  }
}
