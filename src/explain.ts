/**
 * `explainError` says in one sentence why an error is transient or permanent; `printable` and `showAddress` make a text
 * or an address safe to log: they leave out the secret parts of addresses and escape control characters.
 *
 * @packageDocumentation
 */
export { escapeControls, printable } from './core/printable.js';
export { showAddress } from './core/showAddress.js';
export { explainError } from './explain/explainError.js';
