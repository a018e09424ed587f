/**
 * The budgets of one client: one for each context, since KSeF counts by context and address, and one for the operations
 * that need no sign-in.
 *
 * @see spec/ksef.md section 1.10
 * @module
 */
import type { ContextIdentifier } from '../values/context-identifier.ts'
import { createRateBudget } from './budget.ts'
import type { RateBudget, RateBudgetOptions } from './budget.ts'

export interface RateBudgets {
  /** Of the operations that need no sign-in. */
  readonly open: RateBudget
  /** The one budget of everybody who signed in for this context. */
  of(context: ContextIdentifier): RateBudget
}

// Beyond so many contexts the one that was signed in for longest ago starts anew: KSeF's 429 is then its first teacher.
const contextsMax = 1_000

export function rateBudgets(options: RateBudgetOptions): RateBudgets {
  const budgets = new Map<string, RateBudget>()
  return {
    open: createRateBudget(options),
    of({ type, value }) {
      const key = `${type}:${value}`
      const budget = budgets.get(key) ?? createRateBudget(options)
      budgets.delete(key)
      budgets.set(key, budget)
      const [oldest] = budgets.keys()
      if (budgets.size > contextsMax && oldest !== undefined) budgets.delete(oldest)
      return budget
    },
  }
}
