/** A secret shows itself nowhere but through `reveal()`: engine.md section 10. @module */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/secret.ts'
import { assertNoSecrets } from '@latchkey/testkit'

const text = 'hunter2-zPq7-very-secret'
const secret = new Secret(text)

describe('Secret', () => {
  it('comes out through reveal', () => {
    expect(secret.reveal()).toBe(text)
  })

  it.each([
    ['String', () => String(secret)],
    ['concatenation', () => `a ${secret as unknown as string}`], // A template takes anything at run time.
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect(secret, { showHidden: true, depth: 10 })],
    ['inspect in depth', () => inspect({ a: [{ secret }] }, { showHidden: true, depth: 10 })],
    ['inspect without its own printer', () => inspect(secret, { showHidden: true, customInspect: false })],
    ['spreading', () => inspect({ ...secret })],
    ['a structured clone', () => inspect(structuredClone(secret), { showHidden: true })],
    ['its properties', () => inspect(Object.getOwnPropertyDescriptors(secret), { depth: 10 })],
    ['a key made of it', () => Object.keys({ [String(secret)]: 1 }).join()],
    ['an error that quotes it', () => inspect(new Error(`no ${String(secret)}`))],
  ])('is not shown by %s', (_, show) => {
    expect(() => assertNoSecrets(show(), [text])).not.toThrow()
  })

  it('is not shown by anything that a search through its properties finds', () => {
    expect(() => assertNoSecrets({ holder: [secret] }, [text])).not.toThrow()
  })

  it('says that it is one', () => {
    expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]'])
  })
})
