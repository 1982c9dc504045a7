/** Every bound of what a server's clients may cost; docs/security.md cites them. */
export const limits = {
  /** Clients that watch; a further one is closed with 1013. */
  watchers: 32,
  /** What may wait for one client, in bytes; one that lags further is cut, and may come again. */
  bufferedBytes: 8_388_608,
  /** What of an answer may wait for one client, in bytes; the rest of it follows when that is read. */
  answerBytes: 262_144,
  /** A client that says again that it is there is told all anew after this time, in milliseconds. */
  answerEveryMs: 1000,
  /** What a client may say, in bytes; more is not looked at. */
  messageBytes: 1024,
};
