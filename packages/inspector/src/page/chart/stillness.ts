/** Matches for readers who want no motion. */
export const stillness = matchMedia('(prefers-reduced-motion: reduce)');
