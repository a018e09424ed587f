/**
 * The authority that issues KSeF certificates, with a key pair of the imitation's own.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { World } from '../world.ts'
import { type KeyPair, makeCertificate, type SubjectParts } from '../x509.ts'
import type { Certificate } from './rows.ts'
import { subjectAttributes, type SubjectAttributes } from './subject.ts'

/** What is to be issued. Instants are epoch milliseconds. */
export interface IssueOrder extends Pick<Certificate, 'type' | 'serial' | 'validFrom' | 'validTo'> {
  readonly subject: SubjectAttributes
  readonly publicKey: KeyObject
}

/** The name of the issuer. It says that it is none that anybody has to trust. */
const issuer: SubjectParts = [
  ['commonName', 'KSeF simulator certificate authority'],
  ['organizationName', 'Latchkey simulator'],
  ['countryName', 'PL'],
]

/** Issues a certificate. @returns DER. */
export function issueCertificate(world: World, order: IssueOrder): Promise<Buffer> {
  const { subject, publicKey, serial, type, validFrom, validTo } = order
  return makeCertificate({
    subject: subjectAttributes.flatMap((name) => {
      const value = subject[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
    publicKey,
    issuer,
    issuerKeys: authorityKeys(world),
    serial,
    notBefore: validFrom,
    notAfter: validTo,
    keyUsage: type === 'Authentication' ? 'digitalSignature' : 'nonRepudiation',
  })
}

/** Made when the first certificate is issued. */
function authorityKeys({ tables: { certificateAuthority } }: World): KeyPair {
  const saved = certificateAuthority.get('authority')
  if (saved !== undefined) {
    const privateKey = createPrivateKey(saved.privateKey)
    return { privateKey, publicKey: createPublicKey(privateKey) }
  }
  const made = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const privateKey = made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  certificateAuthority.set({ id: 'authority', privateKey })
  return made
}
