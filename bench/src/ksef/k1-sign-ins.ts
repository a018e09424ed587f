/**
 * K1. If this number falls, an office that signs in for a thousand companies at once waits for its own signatures.
 *
 * @module
 */
import { sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { buildAuthTokenRequestXml, generateNip, generateTestCertificate, localSigner, signXades } from '@latchkey/ksef'
import type { CertificateAndKey } from '@latchkey/ksef'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { amount, ratio } from '../harness/result.ts'
import type { Outcome, Row } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'

// Among the peers, which are installed apart.
const xadesjs = '../../peers/xadesjs.js'
const kinds = { rsa: 'RSA-2048', ec: 'P-256' } as const
const rounds = 12
const roundMs = 250
const challenge = '20260202-CR-1E88E55000-4D3C803C92-28'

export const signIns: Benchmark = {
  id: 'K1',
  title: 'Sign-ins signed per second',
  meaning: 'If the number falls, an office that signs in for many companies waits for its own signatures.',
  method: `The request for one challenge, built and signed with an enveloped XAdES signature, one after the other in one process: ${rounds} interleaved rounds of ${roundMs} ms after a warm-up of one. xadesjs signs the same document with the same key and the same properties, on xmldom and Web Crypto. The limit is \`crypto.sign\` alone, over the bytes that one signature was made of. One signature of each library is verified before anything is measured.`,
  run,
}

type Kind = keyof typeof kinds

interface Peer {
  signerOf(kind: Kind, certificate: string, privateKey: Uint8Array): Promise<(xml: string) => Promise<string>>
  accepts(xml: string): Promise<boolean>
}

interface Entry {
  readonly name: string
  /** Makes one, and answers its length. */
  readonly once: () => number | Promise<number>
  readonly rates: number[]
}

async function run({ quick, say }: Context): Promise<Outcome> {
  const peer = (await import(new URL(xadesjs, import.meta.url).href)) as Peer // As the peer's file declares.
  const rows: Row[] = []
  for (const kind of ['rsa', 'ec'] as const) {
    const entries = await entriesOf(kind, peer)
    for (const entry of entries) await measure(entry)
    for (let round = 1; round <= (quick ? 2 : rounds); round += 1) {
      say(`K1 ${kinds[kind]}, round ${round}`)
      for (const entry of rotated(entries, round)) entry.rates.push(await measure(entry))
    }
    rows.push(...rowsOf(entries))
  }
  return {
    table: { columns: ['signed per second', 'spread', 'of ours'], rows },
    bars: [],
    notes: [
      'Stated, without a bar. Ours signs on another thread and has the certificate confirm each signature, so that a wrong key or form is found before KSeF finds it; the other two do not confirm.',
    ],
  }
}

async function entriesOf(kind: Kind, peer: Peer): Promise<readonly Entry[]> {
  const nip = generateNip()
  const seal = await generateTestCertificate({ nip, algorithm: kind })
  const build = (): string => buildAuthTokenRequestXml({ challenge, context: { type: 'Nip', value: nip } })
  const { ours, digestInput } = await oursOf(seal)
  const der = Buffer.from(seal.certificate.der).toString('base64')
  const theirs = await peer.signerOf(kind, der, seal.privateKey.export({ format: 'der', type: 'pkcs8' }))
  for (const signed of [await ours(build()), await theirs(build())]) {
    if (!(await peer.accepts(signed))) throw new Error(`A signature with ${kinds[kind]} does not verify.`)
  }
  const key = { key: seal.privateKey, dsaEncoding: 'ieee-p1363' } as const
  return [
    { name: `@latchkey/ksef, ${kinds[kind]}`, once: async () => (await ours(build())).length, rates: [] },
    { name: `xadesjs, ${kinds[kind]}`, once: async () => (await theirs(build())).length, rates: [] },
    { name: `crypto.sign alone, ${kinds[kind]}`, once: () => sign('sha256', digestInput, key).length, rates: [] },
  ]
}

// With the bytes that one of its signatures was made of.
async function oursOf(seal: { certificate: CertificateAndKey['certificate']; privateKey: KeyObject }) {
  const signer = localSigner(seal)
  let digestInput = new Uint8Array()
  const xml = buildAuthTokenRequestXml({ challenge, context: { type: 'Nip', value: generateNip() } })
  await signXades(xml, {
    certificate: signer.certificate,
    sign(bytes) {
      digestInput = new Uint8Array(bytes)
      return signer.sign(bytes)
    },
  })
  return { ours: (document: string) => signXades(document, signer), digestInput }
}

let sink = 0

/** Signatures per second. */
async function measure({ once }: Entry): Promise<number> {
  const start = performance.now()
  let done = 0
  let now = start
  for (; now - start < roundMs; now = performance.now()) {
    const length = once()
    sink += typeof length === 'number' ? length : await length
    done += 1
  }
  if (sink === 0) throw new Error('Nothing was signed.')
  return (done * 1_000) / (now - start)
}

function rowsOf(entries: readonly Entry[]): readonly Row[] {
  const own = summarize(entries[0]?.rates ?? []).median
  return entries.map(({ name, rates }) => {
    const { median, low, high } = summarize(rates)
    return {
      name,
      cells: [
        { text: amount(Math.round(median)), raw: rates },
        { text: `${amount(Math.round(low))} – ${amount(Math.round(high))}` },
        ratio(median, own),
      ],
    }
  })
}
