/**
 * What a subject says about itself in the attributes that KSeF reads, and how a distinguished name gives them.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import { type SubjectAttribute, subjectOids } from '../x509.ts'

/** What a subject says about itself. Attributes that it does not have are missing. */
export type SubjectAttributes = { readonly [Name in SubjectAttribute]?: string }

/** A distinguished name as the library gives it: relative names, each of types with their values. */
export type NameParts = readonly Readonly<Record<string, readonly string[]>>[]

/**
 * Reads a subject.
 *
 * @returns Null: it holds an attribute that KSeF does not know, or one of them twice.
 */
export function readSubject(parts: NameParts): SubjectAttributes | null {
  const found: { [Name in SubjectAttribute]?: string } = {}
  for (const [type, values] of parts.flatMap((part) => Object.entries(part))) {
    const attribute = attributes.get(type)
    const [value] = values
    if (attribute === undefined || value === undefined || values.length > 1 || found[attribute] !== undefined) {
      return null
    }
    found[attribute] = value
  }
  return found
}

/** Whether two subjects say the same, in whatever order. */
export function isSameSubject(one: SubjectAttributes, other: SubjectAttributes): boolean {
  return subjectAttributes.every((name) => one[name] === other[name])
}

/** The names of the attributes. */
export const subjectAttributes = Object.keys(subjectOids) as readonly SubjectAttribute[] // Its keys are known.

// The library writes some types by their short names.
const shortNames: Readonly<Record<string, SubjectAttribute>> = {
  CN: 'commonName',
  C: 'countryName',
  G: 'givenName',
  GN: 'givenName',
  SN: 'surname',
  O: 'organizationName',
}

const attributes: ReadonlyMap<string, SubjectAttribute> = new Map([
  ...Object.entries(shortNames),
  ...subjectAttributes.map((name) => [subjectOids[name], name] as const),
])
