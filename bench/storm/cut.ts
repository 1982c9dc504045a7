/** All clients lose the server within this time. */
export const CUT_WITHIN_MS = 20;
