/** All limits on the cost of a server's clients; docs/security.md cites them. */
export const limits = {
  /** Maximum number of clients; a further one is closed with 1013. */
  watchers: 32,
  /** Maximum number of bytes that wait for one client; a slower one is disconnected, and may connect again. */
  bufferedBytes: 8_388_608,
  /** Maximum number of bytes of an answer that wait for one client; the rest follows when they have been read. */
  answerBytes: 262_144,
  /** Minimum time between two complete answers to a client that announces itself repeatedly, in milliseconds. */
  answerEveryMs: 1000,
  /** Maximum length of a client's message in bytes; longer ones are ignored. */
  messageBytes: 1024,
};
