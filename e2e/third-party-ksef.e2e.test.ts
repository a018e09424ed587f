/**
 * Published SDKs of KSeF against the simulator, unchanged but for the base URL: one for Node.js, always, and one for
 * Python where a Python that has it is at hand: `LATCHKEY_PYTHON`, or `python3`. `.ci/run` installs it.
 *
 * @see DESIGN section 5, spec/ksef.md sections 2 and 3
 * @module
 */
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateNip, generatePesel } from '@latchkey/ksef'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { CertificateService, decodeJwtPayload, KSeFClient, PersonPermissionGrantBuilder } from 'ksef-client-ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const switches = { rateLimits: false, authenticationMs: 0 }

describe('ksef-client-ts 0.10.0', () => {
  let simulator: Simulator
  beforeAll(async () => {
    simulator = await startSimulator({ ksef: switches })
  })
  afterAll(() => simulator.close())

  const nip = generateNip()
  const pesel = generatePesel()

  function client(): KSeFClient {
    return new KSeFClient({ baseUrl: simulator.systems.ksef.baseUrl, environment: 'TEST' })
  }

  /** Somebody with a certificate of the SDK's own making, in the context of the firm. */
  async function signIn({ certificatePem, privateKeyPem }: Signer): Promise<KSeFClient> {
    const user = client()
    await user.loginWithCertificate(certificatePem, privateKeyPem, nip)
    return user
  }

  function seal(method: 'RSA' | 'ECDSA'): Promise<Signer> {
    return CertificateService.generateCompanySeal('Spółka "Łąka" & Syn', `VATPL-${nip}`, 'Spółka Łąka', method)
  }

  it.each(['RSA', 'ECDSA'] as const)('signs in with a seal of its own making, %s', async (method) => {
    const user = await signIn(await seal(method))
    const { items } = await user.activeSessions.getActiveSessions()
    expect(items.filter(({ isCurrent }) => isCurrent)).toMatchObject([
      { authenticationMethod: 'QualifiedSeal', status: { code: 200 }, isTokenRedeemed: true },
    ])
    expect(decodeJwtPayload(user.authManager.getAccessToken() ?? '')).toMatchObject({ civ: nip, per: ['Owner'] })
  })

  it('refreshes where its access token is refused, lists and ends sessions', async () => {
    const user = await signIn(await seal('ECDSA'))
    user.authManager.setAccessToken('stale')
    expect(await user.limits.getContextLimits()).toMatchObject({ onlineSession: { maxInvoices: 10_000 } })
    expect(user.authManager.getAccessToken()).not.toBe('stale')

    const before = await user.activeSessions.getActiveSessions(100)
    const other = before.items.find(({ isCurrent }) => !isCurrent)
    await user.activeSessions.revokeSession(other?.referenceNumber ?? '')
    expect((await user.activeSessions.getActiveSessions(100)).items).toHaveLength(before.items.length - 1)
    await user.activeSessions.revokeCurrentSession()
    await expect(user.auth.refreshAccessToken(user.authManager.getRefreshToken() ?? '')).rejects.toMatchObject({
      statusCode: 400,
      errors: [{ code: 21301 }],
    })
  })

  it('generates a KSeF token, signs in with it, and is refused when it is revoked', async () => {
    const user = await signIn(await seal('ECDSA'))
    const { token, referenceNumber } = await user.tokens.generateToken({
      description: 'For the till',
      permissions: ['InvoiceRead', 'CredentialsRead'],
    })
    await simulator.clock.advance(1000)
    expect(await user.tokens.getToken(referenceNumber)).toMatchObject({ status: 'Active' })
    expect((await user.tokens.queryTokens({ status: ['Active'], description: 'till' })).tokens).toHaveLength(1)

    const till = client()
    await till.loginWithToken(token, nip)
    expect((await till.activeSessions.getActiveSessions()).items.find(({ isCurrent }) => isCurrent)).toMatchObject({
      authenticationMethod: 'Token',
    })
    await user.tokens.revokeToken(referenceNumber)
    await simulator.clock.advance(1000)
    await expect(client().loginWithToken(token, nip)).rejects.toThrow('450')
  })

  it.each(['generateCsrRsa', 'generateCsrEcdsa'] as const)(
    'enrols a certificate with %s and signs in',
    async (make) => {
      const user = await signIn(await seal('ECDSA'))
      const { countryName, ...attributes } = await user.certificates.getEnrollmentData()
      const { csrDer, privateKeyPem } = await user.crypto[make]({ ...attributes, countryCode: countryName })
      const { referenceNumber } = await user.certificates.enroll({
        certificateName: 'Till 1',
        certificateType: 'Authentication',
        csr: Buffer.from(csrDer).toString('base64'),
      })
      await simulator.clock.advance(2000)
      const { certificateSerialNumber = '' } = await user.certificates.getEnrollmentStatus(referenceNumber)
      const { certificates } = await user.certificates.retrieve({ certificateSerialNumbers: [certificateSerialNumber] })
      const certificatePem = `-----BEGIN CERTIFICATE-----\n${certificates[0]?.certificate ?? ''}\n-----END CERTIFICATE-----\n`
      await signIn({ certificatePem, privateKeyPem })

      await user.certificates.revoke(certificateSerialNumber, { revocationReason: 'Superseded' })
      await simulator.clock.advance(2000)
      expect((await user.certificates.query({ certificateSerialNumber })).certificates).toMatchObject([
        { name: 'Till 1', status: 'Revoked', lastUseDate: expect.any(String) as string },
      ])
      await expect(signIn({ certificatePem, privateKeyPem })).rejects.toThrow('460')
    },
  )

  it('grants a permission, finds it by all that official programs filter by, and takes it back', async () => {
    const user = await signIn(await seal('ECDSA'))
    const certificate = await CertificateService.generatePersonalCertificate(
      ...(['Jan', 'Nowak', `PNOPL-${pesel}`, 'Jan Nowak', 'ECDSA'] as const),
    )
    await expect(signIn(certificate)).rejects.toThrow('415')
    const request = new PersonPermissionGrantBuilder()
      .withSubjectIdentifier('Pesel', pesel)
      .withPermissions(['InvoiceRead', 'InvoiceWrite'])
      .withDescription('Bookkeeping')
      .withSubjectDetails({
        subjectDetailsType: 'PersonByIdentifier',
        personById: { firstName: 'Jan', lastName: 'Nowak' },
      })
      .build()
    expect(await endOf(user, await user.permissions.grantPersonPermissions(request))).toBe(200)

    const here = { type: 'Nip', value: nip } as const
    const filters = { contextIdentifier: here, targetIdentifier: here, permissionState: 'Active' } as const
    const granted = await user.permissions.queryPersonsGrants({
      ...filters,
      queryType: 'PermissionsGrantedInCurrentContext',
      authorizedIdentifier: { type: 'Pesel', value: pesel },
    })
    const bookkeeper = await signIn(certificate)
    expect(granted.permissions).toHaveLength(2)
    expect((await bookkeeper.permissions.queryPersonalGrants(filters)).permissions).toHaveLength(2)
    for (const { id } of granted.permissions) {
      expect(await endOf(user, await user.permissions.revokeCommonGrant(id))).toBe(200)
    }
    await expect(signIn(certificate)).rejects.toThrow('415')
  })

  async function endOf(user: KSeFClient, { referenceNumber }: { readonly referenceNumber: string }): Promise<number> {
    await simulator.clock.advance(1000)
    return (await user.permissions.getOperationStatus(referenceNumber)).status.code
  }
})

interface Signer {
  readonly certificatePem: string
  readonly privateKeyPem: string
}

const python = process.env['LATCHKEY_PYTHON'] || 'python3'
const program = fileURLToPath(new URL('support/ksef2_sdk.py', import.meta.url))
const isHere = spawnSync(python, ['-c', 'import ksef2'], { timeout: 20_000 }).status === 0
if (!isHere) {
  console.warn('Skipped: no Python 3.12 or newer with the package ksef2. Install it, or name one in LATCHKEY_PYTHON.')
}

it.skipIf(!isHere)('ksef2 1.1.0 signs in in three ways and uses what it gets', async () => {
  await using simulator = await startSimulator({ ksef: switches }) // Whose clock is the machine's: the SDK compares.
  const { baseUrl, credentials } = simulator.systems.ksef
  const run = promisify(execFile)(python, [program, baseUrl, JSON.stringify(credentials), generateNip()], {
    timeout: 100_000,
  })
  expect(JSON.parse((await run).stdout)).toEqual({
    'test certificate': 'qualified_seal',
    'KSeF token': 'token',
    'PEM certificate': 'qualified_seal',
    refresh: 'another access token',
    sessions: [2, 1],
    'generated token': ['active', 'token'],
    'enrolled certificate': ['active', 'ksef_certificate', 'revoked'],
    'granted to a person': ['invoice_read'],
    'received from another': ['invoice_write'],
    limits: [10_000, 500, 100, 60],
    'test data': 'person, subject, attachments and block, all undone',
    'public keys': ['ksef_token_encryption', 'symmetric_key_encryption'],
    terminated: 'KSeF code 21301',
  })
})
