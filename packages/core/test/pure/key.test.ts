/** What names a credential, and what does not: engine.md section 2. @module */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalKey, storedKey } from '../../src/key.ts'
import type { KeyParts } from '../../src/key.ts'

const parts: KeyParts = {
  provider: 'daraja',
  environment: 'sandbox',
  tokenEndpoint: 'https://sandbox.test/oauth/v1/generate',
  clientId: 'client-1',
  grantId: 'basic',
  credentialVersion: '1',
  subject: 'someone',
  audience: ['a', 'b'],
  scopes: ['read', 'write'],
}
const canonical = canonicalKey(parts)

describe('the canonical key', () => {
  it.each([
    ['the provider', { provider: 'etims' }],
    ['the environment', { environment: 'production' }],
    ['the token endpoint', { tokenEndpoint: 'https://sandbox.test/oauth/v2/generate' }],
    ['the query of the token endpoint', { tokenEndpoint: `${parts.tokenEndpoint}?grant_type=client_credentials` }],
    ['the client id', { clientId: 'client-2' }],
    ['the case of the client id', { clientId: 'Client-1' }],
    ['the grant', { grantId: 'renewing' }],
    ['the version of the credential', { credentialVersion: '2' }],
    ['the subject', { subject: 'somebody else' }],
    ['the absence of a subject', { subject: undefined }],
    ['a subject that is empty', { subject: '' }],
    ['the audience', { audience: ['a'] }],
    ['the scopes', { scopes: ['read'] }],
    ['no scopes, stated', { scopes: [] }],
    ['no scopes, not stated', { scopes: undefined }],
  ])('is another one with %s (2.1)', (_, change: Partial<KeyParts>) => {
    expect(canonicalKey({ ...parts, ...change })).not.toBe(canonical)
  })

  it.each([
    ['another order of scopes', { scopes: ['write', 'read'] }],
    ['another order of audiences', { audience: ['b', 'a'] }],
    ['a scope said twice', { scopes: ['read', 'write', 'read'] }],
    ['the case of the host', { tokenEndpoint: 'HTTPS://Sandbox.TEST/oauth/v1/generate' }],
    ['the default port', { tokenEndpoint: 'https://sandbox.test:443/oauth/v1/generate' }],
    ['a fragment', { tokenEndpoint: `${parts.tokenEndpoint}#top` }],
  ])('is the same with %s (2.2)', (_, change: Partial<KeyParts>) => {
    expect(canonicalKey({ ...parts, ...change })).toBe(canonical)
  })

  it.each([
    ['a value moved to the next field', { clientId: 'client-1b' }, { clientId: 'client-1', grantId: 'bbasic' }],
    ['two scopes, or one with a space', { scopes: ['a', 'b'] }, { scopes: ['a b'] }],
    ['a scope that looks like an encoded pair', { scopes: ['a1:b'] }, { scopes: ['a', 'b'] }],
    ['audience and scopes swapped', { audience: ['x'], scopes: ['y'] }, { audience: ['y'], scopes: ['x'] }],
    ['a dash, or nothing', { subject: '-' }, { subject: undefined }],
  ])('tells apart %s (2.2)', (_, one: Partial<KeyParts>, other: Partial<KeyParts>) => {
    expect(canonicalKey({ ...parts, ...one })).not.toBe(canonicalKey({ ...parts, ...other }))
  })

  it.each(['provider', 'environment', 'clientId', 'tokenEndpoint'])('needs %s', (name) => {
    expect(() => canonicalKey({ ...parts, [name]: '' })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(() => canonicalKey({ ...parts, [name]: undefined })).toThrow(TypeError)
  })

  it('needs an absolute token endpoint, and does not repeat what it was given', () => {
    expect(() => canonicalKey({ ...parts, tokenEndpoint: '/oauth?secret=hunter2' })).toThrow(/^(?!.*hunter2).*absolute/)
  })
})

describe('the stored key (2.2)', () => {
  it('is the SHA-256 of the canonical form under the prefix', async () => {
    const digest = createHash('sha256').update(canonical).digest('hex')
    expect(await storedKey(canonical, 'latchkey:')).toBe(`latchkey:${digest}`)
    expect(await storedKey(canonical, '')).toBe(digest)
  })

  it('tells apart texts that UTF-8 cannot hold: half a surrogate pair and the replacement character', async () => {
    const keys = await Promise.all(
      ['\ud800', '\ud801', '\ufffd'].map(async (clientId) => {
        try {
          return await storedKey(canonicalKey({ ...parts, clientId }), '')
        } catch (error) {
          return `${String((error as { code?: string }).code)} ${clientId}` // Refusing it is as good as telling it apart.
        }
      }),
    )
    expect(new Set(keys).size).toBe(3)
  })
})
