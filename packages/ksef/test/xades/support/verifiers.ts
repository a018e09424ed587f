/**
 * Two programs that know nothing of this one and judge its signatures: xmlsec1, where it is installed, and xadesjs.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { webcrypto } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as xmldom from '@xmldom/xmldom'
import { test } from 'vitest'
import { Application, setNodeDependencies, SignedXml } from 'xadesjs'

const program = 'xmlsec1'
const hasXmlsec1 = spawnSync(program, ['--version']).status === 0

if (!hasXmlsec1) console.warn('skipped: tests that need xmlsec1 (apt-get install xmlsec1), which is not installed')

/** `test`, where xmlsec1 is installed. */
export const xmlsec1Test = test.skipIf(!hasXmlsec1)

/** What xmlsec1 says. The certificate in the document is believed, since a test certificate has no other root. */
export function xmlsec1Accepts(xml: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ksef-'))
  try {
    const file = join(folder, 'signed.xml')
    writeFileSync(file, xml)
    const args = ['--verify', '--enabled-key-data', 'x509', '--insecure', '--id-attr:Id', 'SignedProperties', file]
    const { status, stderr, stdout } = spawnSync(program, args, { timeout: 20_000 })
    const text = `${stdout.toString()}${stderr.toString()}`
    return status === 0 && text.includes('SignedInfo References (ok/all): 2/2')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const require = createRequire(import.meta.url)
const xpath: unknown = require('xpath') // Its types would bring a browser's names into every file that is checked.
setNodeDependencies({ ...xmldom, xpath })
Application.setEngine('NodeJS', webcrypto) // Its types want a browser's, which this is.

/** What xadesjs says. A signature that it cannot read is not accepted. */
export async function xadesjsAccepts(xml: string): Promise<boolean> {
  const document = parseXml(xml)
  const signature = document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0]
  if (signature === undefined) return false
  const signed = new SignedXml(document) // Its types want a browser's document, which this imitates.
  signed.LoadXml(signature) // As above.
  return signed.Verify().catch(() => false)
}

/** A document as nodes, independent of the library that the product parses with. */
export function parseXml(xml: string): xmldom.Document {
  return new xmldom.DOMParser().parseFromString(xml, 'text/xml')
}
