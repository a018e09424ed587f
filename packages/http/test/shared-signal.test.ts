import { getEventListeners } from 'node:events'
import { createTokenSource, Secret } from '@latchkey/core'
import type { Grant } from '@latchkey/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { authorizedFetch, createPipeline } from '../src/index.ts'
import { dialect, operationOf, serve } from './doubles.ts'

const callers = Array.from({ length: 50 })

// A provider that takes its time, so that callers wait for the token too.
function slowSource() {
  const grant: Grant = {
    id: 'acme',
    traits: { exclusive: false, renewal: 'none', replay: 'unknown', longest: 5_000 },
    async obtain() {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { access: new Secret('issued'), lifetime: { seconds: 3600 } }
    },
  }
  const key = { provider: 'acme', environment: 'test', tokenEndpoint: 'https://acme.test/token', clientId: 'c' }
  const source = createTokenSource({ grant, key, keyLabel: 'acme' })
  onTestFinished(() => source[Symbol.asyncDispose]())
  return source
}

// The most listeners that a signal ever had, and the warnings that the process gave.
function watch(signal: AbortSignal) {
  const warnings: Error[] = []
  const heard = (warning: Error): void => void warnings.push(warning)
  process.on('warning', heard)
  onTestFinished(() => void process.off('warning', heard))
  let most = 0
  const add = signal.addEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    add(...args)
    most = Math.max(most, listeners(signal))
  }
  return { warnings, most: () => most }
}

const aTick = () => new Promise((resolve) => setImmediate(resolve)) // Warnings come a tick late.

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe("calls that share their caller's signal (12.2)", () => {
  test('put one listener on it, fifty at a time, and none is left when they are done', async () => {
    const met = new Set<string | undefined>()
    const base = await serve(({ url }, response) => {
      if (met.has(url)) return void response.end('{"ok":true}')
      met.add(url)
      response.writeHead(429).end('{}') // Each has to wait and try again.
    })
    const { signal } = new AbortController()
    const { warnings, most } = watch(signal)
    const pipeline = createPipeline({ source: slowSource(), baseUrl: base, dialect, random: () => 0.01 })
    const send = (_: unknown, id: number) => pipeline.send(operationOf('read'), { query: { id } }, { signal })
    const answers = await Promise.all(callers.map(send))
    await aTick()
    expect(answers.map(({ status }) => status)).toEqual(callers.map(() => 200))
    expect(warnings).toEqual([])
    expect(most()).toBe(1)
    expect(listeners(signal)).toBe(0)
  })

  test.each([
    ['they wait for a token', 0],
    ['they wait for an answer', callers.length],
  ])('all end with its reason when it is aborted while %s', async (_, arrivals) => {
    const control = new AbortController()
    const reason = new Error('mine')
    let arrived = 0
    const base = await serve(() => {
      if ((arrived += 1) === arrivals) control.abort(reason) // It never answers.
    })
    const { warnings } = watch(control.signal)
    const pipeline = createPipeline({ source: slowSource(), baseUrl: base, dialect })
    const calls = callers.map(() => pipeline.send(operationOf('once'), { body: {} }, { signal: control.signal }))
    if (arrivals === 0) control.abort(reason)
    const ends = await Promise.allSettled(calls)
    expect(ends).toEqual(callers.map(() => ({ status: 'rejected', reason })))
    await aTick()
    expect(arrived).toBe(arrivals)
    expect(warnings).toEqual([])
    expect(listeners(control.signal)).toBe(0)
  })

  test('all end with its reason when it is aborted while they wait to try again', async () => {
    const control = new AbortController()
    const reason = new Error('mine')
    let arrived = 0
    const base = await serve((_, response) => {
      response.writeHead(429, { 'retry-after': '60' }).end('{}')
      if ((arrived += 1) === callers.length) setTimeout(() => control.abort(reason), 50)
    })
    const { warnings, most } = watch(control.signal)
    const pipeline = createPipeline({ source: slowSource(), baseUrl: base, dialect })
    const calls = callers.map(() => pipeline.send(operationOf('read'), {}, { signal: control.signal }))
    expect(await Promise.allSettled(calls)).toEqual(callers.map(() => ({ status: 'rejected', reason })))
    await aTick()
    expect(warnings).toEqual([])
    expect(most()).toBe(1)
    expect(listeners(control.signal)).toBe(0)
  })

  test('give no warning through authorizedFetch', async () => {
    const base = await serve((_, response) => response.end())
    const { signal } = new AbortController()
    const { warnings } = watch(signal)
    const api = authorizedFetch(slowSource(), { origins: [base] })
    const answers = await Promise.all(callers.map(() => api(base, { signal })))
    await aTick()
    expect(answers.map(({ status }) => status)).toEqual(callers.map(() => 200))
    expect(warnings).toEqual([])
  })
})
