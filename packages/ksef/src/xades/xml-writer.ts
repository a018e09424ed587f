/**
 * A small XML writer: elements in, escaped text out. Text can never become markup, and what XML cannot hold is
 * refused.
 *
 * @see spec/dependencies.md section 6
 * @module
 */
import { invalidArgument } from '@latchkey/core'

/** A finished piece of XML. Only {@link element} makes one. */
export interface Xml {
  readonly markup: string
}

/**
 * An element. A string among the children is text and is escaped; `undefined` is left out, also as an attribute.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: text holds a character that XML cannot, such as a control character.
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Xml | string | undefined)[]
): Xml {
  const head = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`)
  const body = children.map((child) => (typeof child === 'object' ? child.markup : escaped(child ?? '')))
  return { markup: `<${name}${head.join('')}>${body.join('')}</${name}>` }
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;', // White space in an attribute would otherwise arrive as a blank, and a carriage return as a line feed.
  '\n': '&#xA;',
  '\r': '&#xD;',
}

// What XML 1.0 has no way to write: most control characters, two code points, and half a surrogate pair.
const impossible = /(?![\t\n\r\x7f-\x9f])\p{Cc}|[\p{Cs}\ufffe\uffff]/u

function escaped(text: string): string {
  if (impossible.test(text)) throw invalidArgument('text: holds a character that XML cannot carry')
  return text.replace(/[&<>"\t\n\r]/g, (character) => references[character] ?? character)
}
