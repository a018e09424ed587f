/**
 * How subscriptions share a line, on a line that is scripted.
 *
 * @see engine.md section 9.4
 * @module
 */
import { describe, expect, it } from 'vitest'
import { subscriptions } from '../../src/redis/subscriptions.ts'

function setUp(subscribe: (channel: string) => Promise<unknown> = () => Promise.resolve()) {
  const log: string[] = []
  let heard: (channel: string, message: string) => void = () => undefined
  const listen = subscriptions((tell) => {
    log.push('open')
    heard = tell
    return {
      subscribe: (channel) => {
        log.push(`subscribe ${channel}`)
        return subscribe(channel)
      },
      unsubscribe: (channel) => {
        log.push(`unsubscribe ${channel}`)
        return Promise.reject(new Error('The line is gone.'))
      },
      close: () => void log.push('close'),
    }
  })
  return { log, listen, say: (channel: string, message: string) => heard(channel, message) }
}

describe('subscriptions', () => {
  it('opens one line for all, asks once for a channel, and closes after the last', async () => {
    const { log, listen } = setUp()
    const ends = await Promise.all([
      listen('a', () => undefined),
      listen('a', () => undefined),
      listen('b', () => undefined),
    ])
    expect(log).toEqual(['open', 'subscribe a', 'subscribe b'])
    for (const end of ends) await end()
    expect(log.slice(3)).toEqual(['unsubscribe a', 'unsubscribe b', 'close'])
    await listen('a', () => undefined)
    expect(log.slice(6)).toEqual(['open', 'subscribe a'])
  })

  it('tells every listener of the channel and nobody else, each until it ends, and ends each once', async () => {
    const { log, listen, say } = setUp()
    const got: string[] = []
    const same = (message: string) => got.push(message)
    const first = await listen('a', same)
    const second = await listen('a', same)
    say('a', 'one')
    say('b', 'nobody’s')
    await first()
    await first()
    say('a', 'two')
    expect(got).toEqual(['one', 'one', 'two'])
    expect(log).not.toContain('close')
    await second()
    say('a', 'three')
    expect(got).toHaveLength(3)
    expect(log.filter((entry) => entry === 'close')).toHaveLength(1)
  })

  it('rejects for all who wait for a channel that cannot be had, and is as before', async () => {
    let works = false
    const { log, listen } = setUp(() => (works ? Promise.resolve() : Promise.reject(new Error('NOPERM'))))
    const [one, two] = await Promise.allSettled([listen('a', () => undefined), listen('a', () => undefined)])
    expect([one.status, two.status]).toEqual(['rejected', 'rejected'])
    expect(log.at(-1)).toBe('close')
    works = true
    await listen('a', () => undefined)
    expect(log.slice(-2)).toEqual(['open', 'subscribe a'])
  })
})
