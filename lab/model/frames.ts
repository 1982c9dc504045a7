/** Virtual milliseconds from one frame to the next. */
export const FRAME_MS = 100;
/** Where a storm is given up whose clients do not come back, in virtual milliseconds. */
export const LIMIT_MS = 2_400_000;
