/**
 * What is answered when a body lacks a field or has one that is wrong: the texts of the live gateway where they are
 * known.
 *
 * @see spec/etims.md sections 4.2, 5.2 and 7.11
 * @module
 */
import type { Problem } from './fields.ts'
import { type Refusal, refused } from './outcomes.ts'

/** The refusal of an operation's own for a missing field; undefined where the general text fits. */
export type MissingRule = (name: string, missing: readonly string[]) => Refusal | undefined

const auditNames = new Set(['regrId', 'regrNm', 'modrId', 'modrNm'])

/** The refusal of the first problem; missing fields come before wrong ones. */
export function refuseProblems(problems: readonly Problem[], ownRule?: MissingRule): Refusal | undefined {
  const missing = problems.filter(({ is }) => is === 'missing')
  const [first] = missing.length > 0 ? missing : problems
  if (first === undefined) return undefined
  if (first.is === 'missing') return refuseMissing(first, missing, ownRule)
  const place = first.path.map((part) => (typeof part === 'number' ? '' : `<${part}>`)).join('')
  if (first.is === 'code') {
    return refused('913', `Code value error among request parameters [${place}]`, { hasEnvelope: true })
  }
  return refused('910', `Request parameter error[${place} : ${first.why}]`, { hasEnvelope: true })
}

function refuseMissing(first: Problem, missing: readonly Problem[], ownRule: MissingRule | undefined): Refusal {
  const name = String(first.path.at(-1))
  const names = missing.filter(({ path }) => path.length === 1).map(({ path }) => String(path[0]))
  const own = first.path.length === 1 ? ownRule?.(name, names) : undefined
  if (own !== undefined) return own
  if (auditNames.has(name)) {
    const parts = names.filter((missed) => auditNames.has(missed)).map((missed) => `[<${missed}> : may not be empty]`)
    return refused('910', `Request parameter error${parts.join('')}`, { hasEnvelope: true })
  }
  const [, index] = first.path
  if (typeof index !== 'number') return refused('910', `${name} cannot be null`)
  const which = `Expected a value for ${name} on item: ${String(index + 1)}`
  return refused('910', name === 'itemNm' ? `${which} but is empty or null` : `${which} but it is empty or null`)
}
