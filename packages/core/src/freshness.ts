/**
 * How much of a token's life may still be used, and when to renew it. Pure.
 *
 * @see engine.md section 4
 * @module
 */

export type Freshness = 'fresh' | 'due' | 'spent'

/** Milliseconds of a token's life that nobody is given any more: min(10 s, life / 20). */
export function leewayMs(life: number): number {
  return Math.min(10_000, life / 20)
}

/**
 * Milliseconds before the end at which renewal begins, for a process that drew `u` in [0, 1) for this generation.
 *
 * A token that others can share is renewed early, spread over the fleet; an exclusive one late, since its
 * renewal ends the calls that are under way.
 */
export function windowMs(life: number, exclusive: boolean, u: number): number {
  const full = exclusive ? Math.min(60_000, life / 10) : Math.min(Math.max(life / 5, 30_000), 300_000, life / 2)
  return full * (1 - 0.3 * u)
}

/**
 * Says what may be done with a token that has `remaining` of `life` milliseconds left.
 *
 * `fresh`: use it. `due`: use it and renew behind the caller's back. `spent`: wait for a newer one. An edge
 * belongs to the later state.
 *
 * @param window - This process' jittered renewal window.
 * @param minRemaining - What this caller asks for.
 */
export function freshness(remaining: number, life: number, window: number, minRemaining = 0): Freshness {
  if (remaining <= Math.max(leewayMs(life), minRemaining)) return 'spent'
  return remaining > window ? 'fresh' : 'due'
}
