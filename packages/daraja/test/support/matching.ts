/**
 * Vitest's asymmetric matchers without their `any`.
 *
 * @module
 */
import { expect } from 'vitest'

export const containing = (text: string): unknown => expect.stringContaining(text)
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern)
export const including = (...items: readonly unknown[]): unknown => expect.arrayContaining([...items])
