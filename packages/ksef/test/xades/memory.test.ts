import { diag } from 'libxml2-wasm'
import { beforeAll, expect, test } from 'vitest'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { canonicalizeDocument } from '../../src/xades/canonical-xml.ts'
import { signXades } from '../../src/xades/sign-xades.ts'
import { localSigner } from '../../src/xades/signer.ts'
import { requestXml, seals } from './support/signing.ts'

let ec: CertificateAndKey

beforeAll(async () => {
  ec = (await seals()).ec
})

test('every document of the library is disposed, also where signing fails', async () => {
  diag.configure({ enabled: true })
  try {
    const signer = localSigner(ec)
    const failing = { ...signer, sign: () => Promise.reject(new Error('no card')) }
    for (const xml of [requestXml, '<r/>', '<!DOCTYPE r><r/>', '<?a b?><r/>', '<r xmlns="relative"/>', '<r']) {
      await signXades(xml, signer).catch(() => undefined)
      await signXades(xml, failing).catch(() => undefined)
    }
    expect(JSON.stringify(diag.report())).toBe('{}')
  } finally {
    diag.configure({ enabled: false })
  }
})

test('3000 signed documents and 300 large ones take no more of the library’s memory than the first', async () => {
  const signer = localSigner(ec)
  const large = `<r>${'<x>0123456789</x>'.repeat(10_000)}</r>` // 170 kB, and more than 1 MiB as a tree.
  const some = async (documents: number): Promise<number> => {
    for (let i = 0; i < documents; i += 1) {
      await signXades(requestXml, signer)
      if (i % 10 === 0) await canonicalizeDocument(large)
    }
    const { external, arrayBuffers } = process.memoryUsage()
    return external - arrayBuffers // WebAssembly's memory, which never shrinks: it shows the highest need there ever was.
  }
  const before = await some(100)
  const after = await some(3000)
  expect((after - before) / 1_048_576).toBeLessThan(4) // MiB
}, 120_000)
