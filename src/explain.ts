export { escapeControls, printable } from './core/printable.js';
export { showAddress } from './core/showAddress.js';
export { explainError } from './explain/explainError.js';
