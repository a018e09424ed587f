/**
 * Searches output for secrets, in the clear and in the encodings in which they usually leak.
 *
 * @see engine.md sections 10.3 and 16.2
 * @module
 */
import { AssertionError } from 'node:assert/strict'
import { inspect } from 'node:util'

interface Text {
  /** Where it was found, `cause.message` for example. */
  readonly where: string
  readonly text: string
}

const secretMinLength = 6 // Shorter ones occur by chance.
const nodesMax = 100_000

/**
 * Throws an `AssertionError` if any of the secrets occurs in `output`: a text, or a value of any kind, which is
 * searched through all its own properties (hidden ones and causes too), its `JSON.stringify`, its `String` and its
 * `inspect` with hidden properties. Finds a secret plainly, in base64 and base64url at any alignment, percent-encoded
 * (also twice), in hexadecimal and as JSON escapes it. The error says where and how, and never shows the secret.
 *
 * Does not look into closures, private fields, getters, compressed or encrypted data.
 *
 * @param secrets - Each at least six characters.
 * @throws {TypeError} `ERR_INVALID_ARG`: no secret was given, or one too short to be told from chance.
 */
export function assertNoSecrets(output: unknown, secrets: readonly string[]): void {
  if (secrets.length === 0 || secrets.some((secret) => secret.length < secretMinLength)) {
    const message = `assertNoSecrets needs secrets of at least ${secretMinLength} characters.`
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG' })
  }
  const needles = secrets.map((secret) => ({ secret, forms: formsOf(secret) }))
  for (const { where, text } of textsOf(output)) {
    const views = viewsOf(text)
    for (const [index, { secret, forms }] of needles.entries()) {
      for (const { how, view, form } of forms) {
        if (!views[view].includes(form)) continue
        const place = where.includes(secret) ? 'a property' : where || 'the text'
        throw new AssertionError({ message: `Secret ${index + 1} of ${secrets.length} is shown ${how} in ${place}.` })
      }
    }
  }
}

type View = 'plain' | 'decoded' | 'base64' | 'lower'

function viewsOf(text: string): Record<View, string> {
  return {
    plain: text,
    decoded: percentDecoded(percentDecoded(text)),
    base64: text.replaceAll('-', '+').replaceAll('_', '/'),
    lower: text.toLowerCase(),
  }
}

function formsOf(secret: string): { readonly how: string; readonly view: View; readonly form: string }[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    // Characters at the edges also depend on the neighbours' bits.
    return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
  return [
    { how: 'plainly', view: 'plain', form: secret },
    { how: 'as JSON escapes it', view: 'plain', form: JSON.stringify(secret).slice(1, -1) },
    { how: 'percent-encoded', view: 'decoded', form: secret },
    { how: 'percent-encoded', view: 'decoded', form: secret.replaceAll(' ', '+') },
    ...base64.map((form) => ({ how: 'in base64', view: 'base64' as const, form })),
    { how: 'in hexadecimal', view: 'lower', form: bytes.toString('hex') },
  ]
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}

function textsOf(output: unknown): Text[] {
  const texts: Text[] = []
  const seen = new Set<object>()
  const waiting: { readonly where: string; readonly value: unknown }[] = [{ where: '', value: output }]
  for (const { where, value } of waiting) {
    if (typeof value === 'symbol') texts.push({ where, text: value.description ?? '' })
    else if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
      texts.push({ where, text: String(value) })
    } else if (!seen.has(value)) {
      seen.add(value)
      if (seen.size > nodesMax) throw new RangeError(`assertNoSecrets: the value has more than ${nodesMax} parts.`)
      for (const part of partsOf(value))
        waiting.push({ where: [where, part.name].filter(Boolean).join('.'), value: part.value })
    }
  }
  if (typeof output === 'object' && output !== null) {
    const whole = { depth: Infinity, breakLength: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity }
    texts.push({ where: 'inspect', text: inspect(output, { ...whole, showHidden: true }) })
    texts.push({ where: 'JSON', text: attempt(() => JSON.stringify(output)) })
    const own: { toString(): string } = output // Values may bring a toString of their own.
    texts.push({ where: 'String', text: attempt(() => own.toString()) })
  }
  return texts
}

function partsOf(value: object): { readonly name: string; readonly value: unknown }[] {
  if (ArrayBuffer.isView(value)) {
    return [{ name: 'bytes', value: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1') }]
  }
  if (value instanceof ArrayBuffer) return [{ name: 'bytes', value: Buffer.from(value).toString('latin1') }]
  const parts = Reflect.ownKeys(value).flatMap((key) => {
    if (key === 'stack' && value instanceof Error) return [] // Comes last: it repeats the message.
    const held: unknown = Object.getOwnPropertyDescriptor(value, key)?.value // Getters are not run.
    return [
      { name: String(key), value: held },
      { name: 'name of a property', value: key },
    ]
  })
  const isList =
    value instanceof Map || value instanceof Set || value instanceof Headers || value instanceof URLSearchParams
  if (isList) parts.push({ name: 'entries', value: [...value] })
  if (value instanceof Error) parts.push({ name: 'stack', value: value.stack }) // A getter in newer engines.
  if (value instanceof URL) parts.push({ name: 'href', value: value.href })
  return parts
}

function attempt(print: () => string | undefined): string {
  try {
    return print() ?? ''
  } catch {
    return '' // Circular, or a toString of its own that throws: then nobody can print it this way.
  }
}
