/**
 * The form that a request to the realm carries, and the client that it is from.
 *
 * @see spec/truphone.md sections 12.3, 12.8
 * @module
 */
import type { Answer } from '../../../answers.ts'
import type { SystemRequest } from '../../../system.ts'
import { type Client, clients, sameText } from '../credentials.ts'
import type { World } from '../world.ts'
import { type ClientProblem, realmError } from './answers.ts'

/** Reads the form of a POST, or says why there is none. */
export function readForm(world: World, request: SystemRequest): { form: URLSearchParams } | { refused: Answer } {
  if (request.method !== 'POST') return { refused: realmError(world, 405, 'HTTP 405 Method Not Allowed') }
  const type = request.headers['content-type']
  const isForm = typeof type === 'string' && /^\s*application\/x-www-form-urlencoded\s*(;|$)/i.test(type)
  if (!isForm) return { refused: realmError(world, 415, 'HTTP 415 Unsupported Media Type') }
  return { form: new URLSearchParams(request.body) }
}

/** True when a field occurs twice. */
export function hasDuplicates(form: URLSearchParams): boolean {
  const names = [...form.keys()]
  return new Set(names).size < names.length
}

/** A client that proved who it is, or why it did not. `named` is the client that was named, if it exists. */
export type Authentication =
  | { readonly client: Client; readonly named: Client }
  | { readonly problem: ClientProblem; readonly usedBasic: boolean; readonly named: Client | undefined }

/** Authenticates the client. What the form says wins over `Authorization: Basic`. */
export function authenticate(world: World, request: SystemRequest, form: URLSearchParams): Authentication {
  const header = request.headers['authorization']
  const basic = typeof header === 'string' ? readBasic(header, world.switches.profile !== 'kc-legacy') : undefined
  const id = form.get('client_id') ?? basic?.user
  const named = clients.get(id ?? '')
  const fail = (problem: ClientProblem): Authentication => ({ problem, usedBasic: basic !== undefined, named })
  if (id === undefined) return fail(header === undefined ? 'missing' : 'unreadable')
  if (named?.isEnabled !== true) return fail('unknown')
  const secret = form.get('client_secret') ?? basic?.password
  if (secret === undefined) return fail('no secret')
  return sameText(secret, named.clientSecret) ? { client: named, named } : fail('wrong secret')
}

/** Since version 20 both halves are form-encoded; before, they were taken as they stand. */
function readBasic(header: string, isEncoded: boolean): { user: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  const halves = { user: text.slice(0, colon), password: text.slice(colon + 1) }
  if (!isEncoded) return halves
  try {
    return { user: decodeForm(halves.user), password: decodeForm(halves.password) }
  } catch {
    return undefined // A percent sign that encodes nothing.
  }
}

function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
