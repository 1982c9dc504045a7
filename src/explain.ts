export { explainError } from './explain/explainError.js';
