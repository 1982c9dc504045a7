export type {
  BudgetEvent,
  BudgetRequest,
  BudgetStore,
  ConnectBudget,
  KeyBudget,
} from './many/budget.js';
export { BudgetError } from './many/budgetError.js';
export { connectBudget, type ConnectBudgetOptions } from './many/connectBudget.js';
