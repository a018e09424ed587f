/**
 * The Ministry's public keys as a service of the client.
 *
 * @see spec/ksef.md sections 2.8 and 3.15
 * @module
 */
import { oneOf } from '@latchkey/http'
import { assertKnown, assertTypes, invalidArgument } from '@latchkey/core'
import { operations } from '../operations/table.ts'
import { send } from '../operations/context.ts'
import type { CallOptions, Context } from '../operations/context.ts'
import type { PublicKeyCertificate } from '../values/public-key-certificate.ts'
import type { EncryptionUsage, PublicKeys, Published } from './public-keys.ts'

/** `client.encryption` */
export interface Encryption {
  /**
   * The certificates that are valid now, from memory for at most six hours.
   *
   * Source: spec/ksef.md section 3.15. `GET /security/public-key-certificates`
   *
   * @param query - `usage`: those for this use alone.
   */
  getCertificates(
    query?: { readonly usage?: EncryptionUsage | undefined },
    run?: CallOptions,
  ): Promise<readonly PublicKeyCertificate[]>
  /**
   * The certificate to encrypt with: of several the one that became valid last.
   *
   * @throws {ProviderError} `KSEF_KEY_UNUSABLE`: there is none that may be used.
   */
  getCertificate(query: { readonly usage: EncryptionUsage }, run?: CallOptions): Promise<PublicKeyCertificate>
}

export function encryptionOf(context: Context, keys: PublicKeys): Encryption {
  const ask = (run?: CallOptions) => () => requestPublished(context, run)
  const encryption: Encryption = {
    async getCertificates(query = {}, run) {
      assertQuery(query)
      const all = await keys.all(ask(run))
      return query.usage === undefined ? all : all.filter(({ usage }) => usage.includes(query.usage ?? ''))
    },
    async getCertificate(query, run) {
      assertQuery(query)
      if (query.usage === undefined) throw invalidArgument('usage: say what the key is for')
      return keys.current(query.usage, ask(run))
    },
  }
  return Object.freeze(encryption)
}

async function requestPublished(context: Context, run: CallOptions | undefined): Promise<Published> {
  const operation = operations['encryption.certificates']
  const { answer, json } = await send(context, operation, {}, run)
  const sentAt = Date.parse(answer.headers.get('date') ?? '')
  return { keys: operation.decode(json) ?? [], now: Number.isNaN(sentAt) ? answer.receivedAt : sentAt }
}

function assertQuery(query: object): void {
  assertKnown(query, ['usage'], 'encryption')
  assertTypes(query, { usage: oneOf('KsefTokenEncryption', 'SymmetricKeyEncryption') })
}
