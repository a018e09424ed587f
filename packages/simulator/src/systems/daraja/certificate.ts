/**
 * A self-signed X.509 certificate for the key that encrypts initiator passwords, so that programs which expect
 * Daraja's certificate file find one. Only writes, and only this one shape; reading is left to node:crypto.
 *
 * Source: RFC 5280 section 4.1, RFC 8017 appendix A.2.
 * @module
 */
import { type KeyObject, sign } from 'node:crypto'

/** Makes the certificate as PEM, valid from a day before `now` (epoch milliseconds) for five years. */
export function selfSignedCertificate(keys: { publicKey: KeyObject; privateKey: KeyObject }, now: number): string {
  const name = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('Latchkey simulator'))))) // 2.5.4.3, CN
  const algorithm = sequence(oid('2a864886f70d01010b'), tlv(0x05)) // 1.2.840.113549.1.1.11, sha256WithRSAEncryption
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // Version 3.
    tlv(0x02, Buffer.from([1])), // The serial number.
    algorithm,
    name,
    sequence(time(now - 86_400_000), time(now + 5 * 365 * 86_400_000)),
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', toBeSigned, keys.privateKey)
  const der = sequence(toBeSigned, algorithm, tlv(0x03, Buffer.from([0]), signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value])
  const hex = value.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'))
}

/** UTCTime until 2049, GeneralizedTime from then on. */
function time(at: number): Buffer {
  const text = `${new Date(at).toISOString().replaceAll(/\D/g, '').slice(0, 14)}Z`
  return text < '2050' ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text))
}
