/**
 * The most token requests that engine.md 12.3 allows, to stand beside what was counted.
 *
 * @module
 */
import { providers } from './provider.ts'
import type { ProviderKind } from './provider.ts'

const transientFirstMs = 1_000
const transientMaxMs = 60_000

/** ⌈T / (life − α)⌉ + 1: the requests for age in a span of T milliseconds, while nothing fails. */
export function ageBound(provider: ProviderKind, spanMs: number): number {
  const { lifetimeMs, windowMs } = providers[provider]
  return Math.ceil(spanMs / (lifetimeMs - windowMs)) + 1
}

/**
 * How often the back-off of section 11 tries, in the mean, in so many milliseconds of failure: at once, and then after
 * full jitter of 1 s doubling to 60 s, which is half of that. Every second attempt finds no connection, and tries twice.
 */
export function backOffTries(failingMs: number): number {
  let attempts = 0
  let most = transientFirstMs
  for (let at = 0; at < failingMs; at += most / 2) {
    most = attempts === 0 ? transientFirstMs : Math.min(2 * most, transientMaxMs)
    attempts += 1
  }
  return 1.5 * attempts
}
