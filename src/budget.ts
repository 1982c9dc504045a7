/**
 * A pace that all processes of a fleet share: `connectBudget` over a store such as that of `@schmoozer/redis`.
 *
 * @packageDocumentation
 */
export type {
  BudgetEvent,
  BudgetRequest,
  BudgetStore,
  ConnectBudget,
  KeyBudget,
} from './many/budget.js';
export { BudgetError } from './many/budgetError.js';
export { connectBudget, type ConnectBudgetOptions } from './many/connectBudget.js';
