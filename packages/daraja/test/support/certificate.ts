/**
 * A certificate made on the spot, so that no private key is kept in the repository. Its signature is nonsense, which
 * nothing here looks at.
 *
 * @module
 */
import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A DER certificate around a fresh key; it ran out in 2016, as the sandbox's did. */
export function makeCertificate(kind: 'rsa' | 'ec', bits = 2048): { der: Buffer; pem: string; privateKey: KeyObject } {
  const { publicKey, privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const algorithm = sequence(oid('2a864886f70d01010b'), tlv(0x05))
  const name = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('demo')))))
  const validity = sequence(tlv(0x17, Buffer.from('150101000000Z')), tlv(0x17, Buffer.from('160101000000Z')))
  const body = sequence(
    ...[tlv(0x02, Buffer.from([1])), algorithm, name, validity, name],
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const der = sequence(body, algorithm, tlv(0x03, Buffer.alloc(65)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
  return { der, pem, privateKey }
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'))
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const length = value.length < 128 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}
