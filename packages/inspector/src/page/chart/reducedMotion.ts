/** Matches if the user prefers reduced motion. */
export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
