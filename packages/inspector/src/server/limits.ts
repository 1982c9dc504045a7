/** How much is kept; what is over it makes room, oldest first, and is counted. */
export interface Limits {
  readonly recordsPerActor: number;
  readonly records: number;
  readonly bytes: number;
  readonly actors: number;
  readonly messages: number;
}
