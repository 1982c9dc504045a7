export { explainError } from './connectors/explainError.js';
