import { expect, test } from 'vitest'
import { refuseUnknownOptions } from '../src/index.ts'

const known = ['timeoutMs', 'deadlineMs', 'fetch']

test('known names pass', () => expect(() => refuseUnknownOptions('make', { timeoutMs: 1 }, known)).not.toThrow())

test.each([
  ['timeout', /make.*"timeout".*"timeoutMs"/],
  ['TIMEOUTMS', /"timeoutMs"/],
  ['deadlinMs', /"deadlineMs"/],
  ['zzzzzzzzzz', /make.*"zzzzzzzzzz"$/],
])('%s is refused with the nearest known name', (name, message) => {
  const act = () => refuseUnknownOptions('make', { [name]: 1 }, known)
  expect(act).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG',
      message: expect.stringMatching(message) as string,
    }),
  )
})

test('no object at all is refused', () => {
  expect(() => refuseUnknownOptions('make', undefined as never, known)).toThrow(/one object of options/)
})
