/**
 * How long a silent line may stay `online` by its settings, in milliseconds: `silenceMs` and a quarter of it, or `intervalMs`
 * and `timeoutMs` of the heartbeat.
 */
export const SILENCE_MS = 3000;

/** What a link may need to notice an end that has come, in milliseconds: 99 of 100, and all. */
export const NOTICE_MS = { p99: 50, max: 100 };

/** The cap of the links' backoff, in milliseconds. With `SILENCE_MS` it has to leave room in the 5 s for a way back. */
export const MAX_DELAY_MS = 1000;
