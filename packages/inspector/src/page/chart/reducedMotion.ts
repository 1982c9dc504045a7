/** Matches for readers who want no motion. */
export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
