/** All clients lose the server within this time. */
export const CUT_WITHIN_MS = 20;
/** All start within this time when they boot. */
export const BOOT_WITHIN_MS = 1000;
