/** Where a session takes its signal from, when somebody waits: most signals are never looked at. */
export interface Scope {
  readonly signal: AbortSignal;
}
