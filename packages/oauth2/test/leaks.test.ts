/**
 * Makes failures happen at a server that echoes everything it was sent, and searches what the errors show.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { Secret } from '@latchkey/core'
import { assertNoSecrets } from '@latchkey/testkit'
import type { Scripted } from '@latchkey/testkit'
import { expect, test } from 'vitest'
import { oauth2Grant } from '../src/index.ts'
import { client, issues, says, scripted, tokenUrl } from './support/source.ts'

const random = (): string => randomBytes(21).toString('base64url').replace(/[-_]/g, 'x')

type Make = (all: string) => Scripted
const makers: Record<string, Make> = {
  denied: (all) => says({ status: 401, json: { error: 'invalid_client', error_description: all, note: all } }),
  'an unknown error word': (all) => says({ status: 400, json: { error: all } }),
  html: (all) => says({ status: 200, text: `<html>${all}` }),
  'a bad token': (all) => says({ json: { access_token: `${all}\n`, token_type: all } }),
  down: (all) => says({ status: 500, text: all, headers: { 'x-echo': all } }),
  throttled: (all) => says({ status: 429, text: all }),
}

test.each(Object.entries(makers))('%s shows no secret in any form', async (_, make) => {
  const secret = `s/${random()}`
  const refresh = random()
  const access = random()
  const all = [secret, refresh, access].join(' ')
  const { source, clock, events } = scripted([issues(access, { refresh_token: refresh }), make(all), make(all)], {
    clientSecret: new Secret(secret),
  })
  await clock.drive(source.get())
  await clock.advance(300_000)
  const error: unknown = await clock.drive(source.get({ patience: 0 })).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  assertNoSecrets([error, events], [secret, refresh, access, Buffer.from(`demo:${secret}`).toString('base64')])
})

test('the grant itself prints nothing', () => {
  const grant = oauth2Grant({ tokenUrl, ...client })
  const shown = inspect(grant, { depth: 9, showHidden: true }) + JSON.stringify(grant)
  expect(shown).not.toContain(client.clientSecret)
})
