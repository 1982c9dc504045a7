/**
 * Explains in a sentence why an error is retryable or not; shows text and addresses safely.
 *
 * @packageDocumentation
 */
export { escapeControls, printable } from './core/printable.js';
export { showAddress } from './core/showAddress.js';
export { explainError } from './explain/explainError.js';
