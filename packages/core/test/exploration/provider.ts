/**
 * The provider: ends the previous token where tokens are exclusive; rotates refresh tokens and ends a login whose
 * spent refresh token comes again where they rotate.
 *
 * @see engine.md sections 14 (G3, G4, G7) and 18
 * @module
 */
import { checkHarm } from './guarantees.ts'
import type { History, Issue, Provider, Request, Setting, World } from './world.ts'
import { issueOf } from './world.ts'

export interface Processed {
  readonly provider: Provider
  readonly history: History
  /** As in `Request`. */
  readonly result: number
}

/** What becomes of the world when the provider processes a request. */
export function processRequest(setting: Setting, world: World, request: Request): Processed {
  const { provider, history } = world
  const { scenario } = setting
  const spent = request.path === 'renewal' ? issueOf(provider, request.refresh) : undefined
  if (spent && (spent.ended || spent.spent)) {
    return { provider: spent.spent ? endLogin(provider, spent.family) : provider, history, result: -1 }
  }
  const id = provider.tokens.length + 1
  const { fence, forgets } = request
  const family = spent?.family ?? id
  const issue: Issue = { id, family, fence, known: 0, forgets, wired: false, spent: false, ended: false }
  const tokens = provider.tokens.map((token) => (token === spent ? { ...token, spent: true } : token))
  const needless = scenario.kind === 'exclusive' && isNeedless(world, request)
  const disturbed = needless || request.excused || request.era !== history.era
  const next: History = {
    ...history,
    needless: history.needless + (needless ? 1 : 0),
    calmMarks: disturbed ? 0 : history.calmMarks,
  }
  const after: Provider = { ...provider, tokens: [...tokens, issue], live: scenario.kind === 'exclusive' ? id : 0 }
  checkHarm(setting, { ...world, history: next })
  return { provider: after, history: next, result: id }
}

export function endLogin(provider: Provider, family: number): Provider {
  return {
    ...provider,
    tokens: provider.tokens.map((token) => (token.family === family ? { ...token, ended: true } : token)),
  }
}

// The live token was known when this request's lease was taken, and nobody asked to replace or forget it; or it was
// brought by a younger lease. What an older lease brings later is replaced by a request that had its reason.
function isNeedless({ store, processes, provider, history }: World, { fence }: Request): boolean {
  const { live } = provider
  const issue = issueOf(provider, live)
  if (!issue) return false
  const committed = store?.token === String(live) ? store.gen : 0
  const held = processes.find(({ token }) => token?.id === live)?.token?.gen ?? 0
  const younger = issue.fence > fence
  if (committed > 0 || held > 0)
    return Math.max(committed, held) > history.doomed && (younger || (issue.known > 0 && issue.known < fence))
  const coming = processes.some(
    ({ phase }) =>
      (phase.at === 'sent' && phase.request.result === live) || (phase.at === 'committing' && phase.answer.id === live),
  )
  return younger && coming
}

/** Notes that a token is in the record or in hand for the first time, and whether a younger lease is at work already. */
export function noteKnown({ provider, processes }: World, id: number, topFence: number): Provider {
  const issue = issueOf(provider, id)
  if (issue?.known !== 0) return provider
  const overtaken =
    provider.zombies.some(({ fence }) => fence > issue.fence) ||
    processes.some(
      ({ phase }) => 'attempt' in phase && phase.at !== 'failed' && phase.attempt.lease.fence > issue.fence,
    )
  const known = overtaken ? -1 : topFence
  return { ...provider, tokens: provider.tokens.map((token) => (token === issue ? { ...token, known } : token)) }
}
