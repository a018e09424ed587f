import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret, TokenError } from '@latchkey/core'
import { assertNoSecrets } from '@latchkey/testkit'

const secret = 'p@ss/wörd+1?'
const leak = (output: unknown) => () => assertNoSecrets(output, ['never-anywhere', secret])

describe('assertNoSecrets finds a secret', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const everyByte = [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  it.each([
    ['plainly', `token=${secret};`, 'plainly'],
    ['in a JSON text', JSON.stringify({ token: 'quo"ted\\secret' }), 'JSON'],
    ['percent-encoded', `?token=${encodeURIComponent(secret)}`, 'percent-encoded'],
    ['percent-encoded byte by byte', everyByte, 'percent-encoded'],
    ['percent-encoded byte by byte in capitals', everyByte.toUpperCase(), 'percent-encoded'],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret)), 'percent-encoded'],
    ['in hexadecimal', Buffer.from(secret).toString('hex'), 'hexadecimal'],
    ['in hexadecimal capitals', Buffer.from(secret).toString('hex').toUpperCase(), 'hexadecimal'],
    ['in base64', base64(secret), 'base64'],
    ['in base64 after one byte', base64(`:${secret}`), 'base64'],
    ['in base64 after two bytes', base64(`a:${secret}`), 'base64'],
    ['in base64 between others', base64(`client:${secret}:more`), 'base64'],
    ['in base64url', Buffer.from(`client:${secret}`).toString('base64url'), 'base64'],
  ])('%s', (_, text, how) => {
    const output = () => assertNoSecrets(text, [secret, 'quo"ted\\secret'])
    expect(output).toThrow(how)
    expect(output).not.toThrow(secret)
  })

  it('anywhere in an error: message, cause, own and hidden properties, stack', () => {
    expect(leak(new Error(`refused ${secret}`))).toThrow('message')
    expect(leak(new Error('outer', { cause: new Error('middle', { cause: new Error(secret) }) }))).toThrow(
      'cause.cause.message',
    )
    expect(leak(Object.assign(new Error('x'), { details: { body: [secret] } }))).toThrow('details.body.0')
    expect(leak(Object.defineProperty(new Error('x'), 'hidden', { value: secret }))).toThrow('hidden')
    expect(leak(new AggregateError([new Error(secret)], 'x'))).toThrow('errors.0.message')
    const relabelled = new Error(secret)
    expect(relabelled.stack).toContain(secret) // Read first, since some runners write it only then.
    relabelled.message = 'clean'
    expect(leak(relabelled)).toThrow('stack')
  })

  it('in names, symbols, maps, headers, addresses, bytes, and what a value says of itself', () => {
    expect(leak({ [secret]: 1 })).toThrow('a property')
    expect(leak({ [Symbol(secret)]: 1 })).toThrow('plainly')
    expect(leak(new Map([['token', { value: secret }]]))).toThrow('entries.0.1.value')
    expect(leak(new Headers({ authorization: `Basic ${base64(`id:${secret}`)}` }))).toThrow('base64')
    expect(leak(new URL(`https://a.test/?t=${encodeURIComponent(secret)}`))).toThrow('href')
    expect(leak(Buffer.from('a secret word'))).not.toThrow()
    expect(() => assertNoSecrets(Buffer.from('a secret word'), ['secret word'])).toThrow('bytes')
    expect(leak({ toJSON: () => ({ token: secret }) })).toThrow('JSON')
    expect(leak({ toString: () => secret })).toThrow('String')
    expect(leak({ [inspect.custom]: () => secret })).toThrow('inspect')
    expect(leak(() => undefined)).not.toThrow()
  })
})

describe('assertNoSecrets lets pass', () => {
  it('values that keep their secret, circular ones, and look-alikes', () => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    for (const output of [
      new Secret(secret),
      circular,
      null,
      undefined,
      5,
      'p@ss/wörd',
      Symbol('x'),
      base64Of('p@ss/wö'),
    ]) {
      expect(leak(output)).not.toThrow()
    }
    expect(leak(new TokenError('LATCHKEY_NO_TOKEN', 'No token.', { cause: new Error(secret) }))).not.toThrow()
  })

  it('nothing when it has no secret to look for, or one that occurs by chance', () => {
    expect(() => assertNoSecrets('text', [])).toThrow(TypeError)
    expect(() => assertNoSecrets('text', ['12345'])).toThrow(TypeError)
    expect(() => assertNoSecrets('text', ['123456'])).not.toThrow()
  })

  it('shows no secret in its own error, even where a property is named by it', () => {
    for (const output of [secret, { [secret]: secret }, new Error(secret)]) {
      try {
        leak(output)()
        expect.unreachable()
      } catch (error) {
        assertNoSecrets(error, [secret])
      }
    }
  })
})

function base64Of(text: string): string {
  return Buffer.from(text).toString('base64')
}
