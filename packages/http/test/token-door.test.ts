/** The `getToken` that the token managers share. DESIGN section 3. @module */
import { Secret, type Token, type TokenSource } from '@latchkey/core'
import { expect, it } from 'vitest'
import { tokenDoor } from '../src/index.ts'

/** A source that renews whenever a newer token is asked for, and writes down what it was asked. */
function source() {
  let generation = 0
  const asked: (number | undefined)[] = []
  const get: TokenSource['get'] = ({ after } = {}) => {
    asked.push(after)
    if (generation <= (after ?? 0)) generation += 1
    const value = new Secret(`T${generation}`)
    return Promise.resolve({ generation, reveal: () => value.reveal() } as Token) // What a door reads of one.
  }
  return { asked, door: tokenDoor({ get } as TokenSource) } // What a door needs of one.
}

it('forces a token newer than the one that it gave out last, and only then', async () => {
  const { asked, door } = source()
  expect([await door(), await door({ forceRefresh: true }), await door({ forceRefresh: false })]).toEqual([
    ...['T1', 'T2', 'T2'],
  ])
  expect(asked).toEqual([undefined, 1, undefined])
})

it('has nothing to be newer than before it gave one out', async () => {
  const { asked, door } = source()
  await door({ forceRefresh: true })
  expect(asked).toEqual([undefined])
})

it.each([
  [true, 'takes an object such as { forceRefresh: true }'],
  [null, 'takes an object such as { forceRefresh: true }'],
  [{ force: true }, 'unknown option "force"'],
  [{ forceRefresh: 1 }, 'forceRefresh must be true or false'],
])('rejects %j, and asks for nothing', async (options, message) => {
  const { asked, door } = source()
  await expect(door(options as never)).rejects.toMatchObject({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG',
    message: expect.stringContaining(message) as string,
  })
  expect(asked).toEqual([])
})
