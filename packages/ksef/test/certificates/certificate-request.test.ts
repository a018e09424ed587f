import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createCertificateRequest } from '../../src/certificates/certificate-request.ts'
import { generatePrivateKey } from '../../src/certificates/private-key.ts'
import { loadX509 } from '../../src/certificates/x509-library.ts'
import { openssl, opensslTest } from './support.ts'

const person = {
  commonName: 'Jan Kowalski-Żółć',
  countryName: 'PL',
  givenName: 'Jan',
  surname: 'Kowalski-Żółć',
  serialNumber: 'TINPL-5265877635',
  uniqueIdentifier: '5e7a4b0c',
  organizationName: null,
} as const

const refusal = expect.objectContaining({ code: 'ERR_INVALID_ARG' }) as Error

describe('certificate requests (section 2.15)', () => {
  test.each(['rsa', 'ec'] as const)('%s: the request is signed by its own key', async (kind) => {
    const csr = await createCertificateRequest(person, await generatePrivateKey(kind))
    const x509 = await loadX509()
    expect(await new x509.Pkcs10CertificateRequest(csr).verify()).toBe(true)
  })

  opensslTest('the values stand in the order and the text types of the official client', async () => {
    const csr = await createCertificateRequest(person, await generatePrivateKey())
    const der = Buffer.from(csr, 'base64')
    const subject = openssl(
      ['req', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'oid,utf8,show_type,sep_multiline'],
      der,
    )
    expect(
      subject
        .toString()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace(/\s*=\s*/, '='))
        .filter((line) => line !== ''),
    ).toEqual([
      '2.5.4.3=UTF8STRING:Jan Kowalski-Żółć',
      '2.5.4.4=UTF8STRING:Kowalski-Żółć',
      '2.5.4.42=UTF8STRING:Jan',
      '2.5.4.6=PRINTABLESTRING:PL',
      '2.5.4.5=PRINTABLESTRING:TINPL-5265877635',
      '2.5.4.45=UTF8STRING:5e7a4b0c',
    ])
    openssl(['req', '-inform', 'DER', '-noout', '-verify'], der)
  })

  opensslTest('an organisation has its name and identifier between the names and the country', async () => {
    const csr = await createCertificateRequest(
      { commonName: 'Demo', countryName: 'PL', organizationName: 'Demo', organizationIdentifier: 'VATPL-5265877635' },
      await generatePrivateKey('rsa'),
    )
    const args = ['req', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'oid,sep_comma_plus']
    expect(openssl(args, Buffer.from(csr, 'base64')).toString().replaceAll(' ', '')).toBe(
      'subject=2.5.4.3=Demo,2.5.4.10=Demo,2.5.4.97=VATPL-5265877635,2.5.4.6=PL\n',
    )
  })

  test('values are copied as they are, characters of a name syntax included', async () => {
    const commonName = '#05 "A", B+C=D \\ ; <E>'
    const csr = await createCertificateRequest({ commonName, countryName: 'PL' }, await generatePrivateKey())
    expect(Buffer.from(csr, 'base64').includes(Buffer.from(commonName, 'utf8'))).toBe(true)
  })

  test('missing values and what a field cannot carry are refused', async () => {
    const key = await generatePrivateKey()
    const make = (subject: object) => createCertificateRequest(subject as typeof person, key) // As JavaScript could call it.
    await expect(make({ countryName: 'PL' })).rejects.toThrow(refusal)
    await expect(make({ commonName: 'Demo' })).rejects.toThrow(refusal)
    await expect(make({ ...person, surname: '' })).rejects.toThrow(refusal)
    await expect(make({ ...person, serialNumber: 'Ż-1' })).rejects.toThrow(/subject.serialNumber/)
  })

  test('a field that a later version of KSeF adds is passed over', async () => {
    const later = { ...person, pseudonym: 'Demo-2027' }
    const csr = await createCertificateRequest(later, await generatePrivateKey())
    expect(Buffer.from(csr, 'base64').includes('Demo-2027')).toBe(false)
  })

  test('a public key, and a kind of key that KSeF does not accept, are refused', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await expect(createCertificateRequest(person, publicKey)).rejects.toThrow(refusal)
    const unsupported = expect.objectContaining({ code: 'KSEF_CREDENTIAL_UNSUPPORTED' }) as Error
    for (const { privateKey } of [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    ]) {
      await expect(createCertificateRequest(person, privateKey)).rejects.toThrow(unsupported)
    }
  })
})
