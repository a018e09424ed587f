/**
 * The request that the tests sign, and signers for the two kinds of key.
 *
 * @module
 */
import { generateTestCertificate } from '../../../src/certificates/test-certificate.ts'
import type { CertificateAndKey } from '../../../src/certificates/p12.ts'
import { buildAuthTokenRequestXml } from '../../../src/xades/auth-token-request.ts'

/** The moment of signing, by {@link clock}. */
export const now = Date.UTC(2026, 1, 2, 8, 31, 0, 999)

export const clock = { wall: () => now }

export const requestXml = buildAuthTokenRequestXml({
  challenge: '20260202-CR-1E88E55000-4D3C803C92-28',
  context: { type: 'Nip', value: '5265877635' },
})

/** A seal with an RSA-2048 key, and one with a P-256 key. */
export async function seals(): Promise<Record<'rsa' | 'ec', CertificateAndKey>> {
  const [rsa, ec] = await Promise.all([
    generateTestCertificate({ nip: '5265877635', algorithm: 'rsa' }),
    generateTestCertificate({ nip: '5265877635', algorithm: 'ec' }),
  ])
  return { rsa, ec }
}
