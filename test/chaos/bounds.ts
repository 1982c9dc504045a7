/**
 * How long a silent line may stay `online`, in milliseconds: `silenceMs` and a quarter of it, or `intervalMs` and
 * `timeoutMs` of the heartbeat.
 */
export const SILENCE_MS = 4000;

/** The cap of the links' backoff, in milliseconds. */
export const MAX_DELAY_MS = 2000;
