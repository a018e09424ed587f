/**
 * The environment's public keys.
 *
 * @see spec/ksef.md sections 2.8, 3.15
 * @module
 */
import { createHash } from 'node:crypto'
import { answer, type PublicOperation } from '../operation.ts'
import { formatInstant } from '../times.ts'
import { publishedKeys } from './keys.ts'

/** `GET /security/public-key-certificates` */
const publicKeyCertificates: PublicOperation = {
  name: 'publicKeyCertificates',
  method: 'GET',
  path: '/v2/security/public-key-certificates',
  who: 'public',
  async run({ world }) {
    const shown = publishedKeys(world).map(async (key) => {
      const certificate = await world.keyMaterials.certificateOf(key)
      const { publicKeyId } = await world.keyMaterials.pairOf(key.pair)
      return {
        certificate: certificate.toString('base64'),
        certificateId: createHash('sha256').update(certificate).digest('base64'),
        publicKeyId,
        validFrom: formatInstant(key.validFrom),
        validTo: formatInstant(key.validTo),
        usage: key.usages,
      }
    })
    return answer(200, await Promise.all(shown))
  },
}

/** The operations on keys. */
export const encryptionOperations: readonly PublicOperation[] = [publicKeyCertificates]
