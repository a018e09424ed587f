/**
 * The `AuthTokenRequest` by the rules of its schema, versions 2.0 and 2.1. Checked in code: the service's own files
 * cannot be used by a strict processor.
 *
 * @see spec/ksef.md section 2.2
 * @module
 */
import { type IpPolicy, ipPatterns, ipsMax, policyOf } from '../auth/ip-policy.ts'
import { type Context, type ContextType, contextTypes, patterns } from '../identity.ts'
import { refused } from '../refusal.ts'
import { elementsOf, hasOwnText, isNamed, namespaces, type XmlElement } from './xml.ts'

/** What a request says. */
export interface AuthTokenRequest {
  readonly challenge: string
  readonly context: Context
  readonly subjectIdentifierType: SubjectIdentifierType
  readonly ipPolicy: IpPolicy | null
}

const subjectIdentifierTypes = ['certificateSubject', 'certificateFingerprint'] as const

/** Where the identity is read. */
export type SubjectIdentifierType = (typeof subjectIdentifierTypes)[number]

const versions = ['http://ksef.mf.gov.pl/auth/token/2.0', 'http://ksef.mf.gov.pl/auth/token/2.1']
const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'

/** True of the element that carries a request. */
export function isRequest(element: XmlElement): boolean {
  return element.name === 'AuthTokenRequest' && versions.includes(element.namespaceUri)
}

/** Reads a request. @throws {Refusal} 21401 with everything that is wrong. */
export function readRequest(root: XmlElement): AuthTokenRequest {
  const problems: string[] = []
  const schema = root.namespaceUri
  const problem = (name: string, text: string): void => {
    problems.push(`The element '${name}' in namespace '${schema}' ${text}`)
  }
  checkAttributes(root, problem)
  const parts = sequence(
    root,
    schema,
    ['Challenge', 'ContextIdentifier', 'SubjectIdentifierType'],
    ['AuthorizationPolicy'],
    problem,
  )

  const challenge = token(parts.get('Challenge'), problem)
  if (!patterns.Challenge.test(challenge)) problem('Challenge', 'is invalid according to its pattern.')
  const named = token(parts.get('SubjectIdentifierType'), problem)
  const subjectIdentifierType = subjectIdentifierTypes.find((type) => type === named)
  if (subjectIdentifierType === undefined) problem('SubjectIdentifierType', 'is invalid according to its enumeration.')
  const context = readContext(parts.get('ContextIdentifier'), schema, problem)
  const ipPolicy = readPolicy(parts.get('AuthorizationPolicy'), schema, problem)
  if (problems.length > 0 || subjectIdentifierType === undefined || context === null) {
    throw refused(21401, ...new Set(problems))
  }
  return { challenge, context, subjectIdentifierType, ipPolicy }
}

type Report = (name: string, text: string) => void

function readContext(element: XmlElement | undefined, schema: string, problem: Report): Context | null {
  const choices = element === undefined ? [] : childrenIn(element, schema, problem)
  const [choice] = choices
  if (element !== undefined) checkAttributes(element, problem)
  const type = contextTypes.find((each): each is ContextType => each === choice?.name)
  if (choice === undefined || choices.length !== 1 || type === undefined) {
    problem('ContextIdentifier', `must have exactly one of ${contextTypes.join(', ')}.`)
    return null
  }
  const value = simple(choice, problem)
  if (!patterns[type].test(value)) problem(type, 'is invalid according to its pattern.')
  return { type, value }
}

function readPolicy(element: XmlElement | undefined, schema: string, problem: Report): IpPolicy | null {
  if (element === undefined) return null
  const allowed = sequence(element, schema, ['AllowedIps'], [], problem).get('AllowedIps')
  if (allowed === undefined) return null
  checkAttributes(element, problem)
  checkAttributes(allowed, problem)
  const kinds = [
    { name: 'Ip4Address', pattern: ipPatterns.address },
    { name: 'Ip4Range', pattern: ipPatterns.range },
    { name: 'Ip4Mask', pattern: ipPatterns.mask },
  ]
  const children = childrenIn(allowed, schema, problem)
  const order = children.map((child) => kinds.findIndex(({ name }) => name === child.name))
  if (order.includes(-1) || order.some((place, index) => place < (order[index - 1] ?? 0))) {
    problem('AllowedIps', `must have ${kinds.map(({ name }) => name).join(', ')}, in this order.`)
  }
  const [addresses = [], ranges = [], masks = []] = kinds.map(({ name, pattern }) => {
    const values = children.filter((child) => child.name === name).map((child) => token(child, problem))
    if (values.length > ipsMax) problem('AllowedIps', `must have at most ${String(ipsMax)} elements '${name}'.`)
    if (!values.every((value) => pattern.test(value))) problem(name, 'is invalid according to its pattern.')
    return values
  })
  return policyOf({ addresses, ranges, masks })
}

/** The children by name, if they are those that must be there and may be there, in this order and each once. */
function sequence(
  element: XmlElement,
  schema: string,
  required: readonly string[],
  optional: readonly string[],
  problem: Report,
): ReadonlyMap<string, XmlElement> {
  const children = childrenIn(element, schema, problem)
  const names = children.map(({ name }) => name)
  const all = [...required, ...optional]
  const expected = all.filter((name) => required.includes(name) || names.includes(name))
  if (names.join() !== expected.join()) {
    problem(element.name, `has invalid content. Expected: ${all.join(', ')}.`)
  }
  return new Map(children.map((child) => [child.name, child]))
}

/** The children without the signature, which the schema does not know. What is of another namespace has no place. */
function childrenIn(element: XmlElement, schema: string, problem: Report): readonly XmlElement[] {
  const children = elementsOf(element).filter((child) => !isNamed(child, namespaces.ds, 'Signature'))
  for (const child of children) {
    if (child.namespaceUri !== schema) problem(child.name, 'is expected, but there is one of another namespace.')
  }
  if (hasOwnText(element)) problem(element.name, 'cannot contain text.')
  return children
}

/** The value of an `xsd:token`; empty where the element is missing. */
function token(element: XmlElement | undefined, problem: Report): string {
  return element === undefined ? '' : collapse(simple(element, problem))
}

function collapse(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

/** The text of an element that has nothing but text. */
function simple(element: XmlElement, problem: Report): string {
  checkAttributes(element, problem)
  if (elementsOf(element).length > 0) problem(element.name, 'must have no child elements.')
  return element.content
}

function checkAttributes(element: XmlElement, problem: Report): void {
  const unknown = element.attrs.find(
    ({ name, namespaceUri }) => !(namespaceUri === schemaInstance && /^(noNamespaceS|s)chemaLocation$/.test(name)),
  )
  if (unknown !== undefined) problem(element.name, `has the attribute '${unknown.name}', which is not declared.`)
}
