/**
 * Why an error is retryable or not, in a sentence; and how to show text and addresses without harm.
 *
 * @packageDocumentation
 */
export { escapeControls, printable } from './core/printable.js';
export { showAddress } from './core/showAddress.js';
export { explainError } from './explain/explainError.js';
