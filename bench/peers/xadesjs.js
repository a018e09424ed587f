/**
 * Signs a document with xadesjs as its README shows, on xmldom and the platform's Web Crypto: an enveloped signature with
 * a `SigningCertificateV2`, the same parts that KSeF asks for. Ours to write: what is measured is xadesjs.
 *
 * @module
 */
import { webcrypto } from 'node:crypto'
import * as xmldom from '@xmldom/xmldom'
import { Application, Parse, setNodeDependencies, SignedXml } from 'xadesjs'
import xpath from 'xpath'

setNodeDependencies({ ...xmldom, xpath })
Application.setEngine('NodeJS', webcrypto)

const algorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
}
const references = [{ hash: 'SHA-256', transforms: ['enveloped', 'exc-c14n'] }]

/** `certificate`: DER in Base64. `privateKey`: PKCS#8. */
export async function signerOf(kind, certificate, privateKey) {
  const algorithm = algorithms[kind]
  const key = await webcrypto.subtle.importKey('pkcs8', privateKey, algorithm, false, ['sign'])
  const options = { references, x509: [certificate], signingCertificateV2: certificate }
  return async (xml) => {
    const document = Parse(xml)
    const signature = await new SignedXml().Sign(algorithm, key, document, options)
    document.documentElement.appendChild(signature.GetXml())
    return new xmldom.XMLSerializer().serializeToString(document)
  }
}

export async function accepts(xml) {
  const document = Parse(xml)
  const signed = new SignedXml(document)
  signed.LoadXml(document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0])
  return signed.Verify()
}
