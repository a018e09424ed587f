/**
 * One token request and its answer as a flat list of fields, so that two servers can be compared: what differs with
 * every answer (tokens, ids) is named by its shape.
 *
 * @see spec/truphone.md sections 12.3 to 12.6
 * @module
 */

/** `fields` is the form; `text` replaces it by a body of another kind. */
export interface TokenRequestPlan {
  readonly fields?: readonly (readonly [name: string, value: string])[]
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer; `body` is its JSON object, or nothing. */
export interface TokenExchange {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** By name: `status`, `header …`, `order` (of the body's fields), `body …`, `… claims`. */
  readonly facts: Readonly<Record<string, string>>
}

const headers = [
  ...['cache-control', 'content-type', 'pragma', 'referrer-policy', 'strict-transport-security', 'www-authenticate'],
  ...['x-content-type-options', 'x-frame-options', 'x-robots-tag'],
]
const timeoutMs = 30_000

export async function exchange(tokenUrl: string, plan: TokenRequestPlan): Promise<TokenExchange> {
  const form = new URLSearchParams((plan.fields ?? []).map(([name, value]): [string, string] => [name, value]))
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    body: plan.text ?? form,
    ...(plan.headers && { headers: plan.headers }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await answer.text()
  const body = objectOf(text)
  const facts: Record<string, string> = { status: String(answer.status), order: Object.keys(body).join(' ') }
  for (const name of headers) facts[`header ${name}`] = answer.headers.get(name) ?? 'absent'
  for (const [name, value] of Object.entries(body)) Object.assign(facts, factsOf(name, value))
  return { status: answer.status, body, facts }
}

/** One sentence for each field in which the two differ. */
export function differences(simulator: TokenExchange, keycloak: TokenExchange): string[] {
  const names = [...new Set([...Object.keys(simulator.facts), ...Object.keys(keycloak.facts)])].sort()
  return names
    .filter((name) => simulator.facts[name] !== keycloak.facts[name])
    .map((name) => `${name}: ${simulator.facts[name] ?? 'absent'} | ${keycloak.facts[name] ?? 'absent'}`)
}

function factsOf(name: string, value: unknown): Record<string, string> {
  const text = String(value)
  if (name === 'scope') return { 'body scope': text.split(' ').sort().join(' ') } // Its order is not stable.
  if (/_token$/.test(name)) return jwtFacts(name, text)
  if (name === 'session_state') return { 'body session_state': `${text.length} characters` }
  return { [`body ${name}`]: `${typeof value} ${text}` }
}

function jwtFacts(name: string, text: string): Record<string, string> {
  const [head = '', claims = '', signature] = text.split('.')
  if (signature === undefined) return { [`body ${name}`]: 'opaque' }
  const { alg, typ } = objectOf(decoded(head))
  const names = objectOf(decoded(claims))
  return {
    [`body ${name}`]: `a JWT, ${String(alg)} ${String(typ)}, typ ${String(names['typ'])}`,
    [`${name} claims`]: Object.keys(names).sort().join(' '),
  }
}

function decoded(part: string): string {
  return Buffer.from(part, 'base64url').toString()
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
