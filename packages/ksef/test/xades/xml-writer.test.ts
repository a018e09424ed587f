import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalizeElement } from '../../src/xades/canonical-xml.ts'
import { element } from '../../src/xades/xml-writer.ts'
import { runs } from '../values/support/properties.ts'
import { parseXml } from './support/verifiers.ts'

describe('the XML writer', () => {
  test('elements nest, text is escaped, and what is undefined is left out', () => {
    const inner = element('b', { y: undefined }, '1 < 2 & "3" > 0')
    expect(element('a', { x: '<"&\t\n\r>' }, inner, undefined, 'end').markup).toBe(
      '<a x="&lt;&quot;&amp;&#x9;&#xA;&#xD;&gt;"><b>1 &lt; 2 &amp; &quot;3&quot; &gt; 0</b>end</a>',
    )
  })

  test('text that looks like markup stays text', () => {
    const root = parseXml(element('a', {}, '</a><b/><!-- c --><![CDATA[d]]>&amp;').markup).documentElement
    expect(root?.textContent).toBe('</a><b/><!-- c --><![CDATA[d]]>&amp;')
    expect(root?.childNodes.length).toBe(1)
  })

  test.each(['\0', '\x08', '\x0b', '\x1f', '\ufffe', '\uffff', '\ud800', 'x\udc00', '\udc00\ud800'])(
    'a character that XML cannot carry is refused (%j)',
    (text) => {
      expect(() => element('a', {}, text)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
      expect(() => element('a', { b: text })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    },
  )

  test('any other text comes back from a parser as it was, as text and as attribute', async () => {
    // Two line separators are left out as well: the other parser reads them by the rules of XML 1.1.
    const possible = fc
      .string({ unit: 'binary' })
      .filter((text) => !/(?![\t\n\r])\p{Cc}|[\u2028\ufffe\uffff]/u.test(text))
    await fc.assert(
      fc.asyncProperty(possible, possible, async (text, attribute) => {
        const { markup } = element('a', { b: attribute }, text)
        const root = parseXml(markup).documentElement
        expect(root?.textContent).toBe(text)
        expect(root?.getAttribute('b')).toBe(attribute)
        await canonicalizeElement(markup) // The product's own parser takes it as well.
      }),
      { ...runs, numRuns: 150 },
    )
  })
})
