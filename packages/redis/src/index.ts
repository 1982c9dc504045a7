export { redisBudget, type RedisBudgetOptions } from './redisBudget.js';
export { redisBudgetStore, type RedisBudgetStoreOptions } from './redisBudgetStore.js';
