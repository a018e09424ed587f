/**
 * What a failed Redis command means: refused by the server, never sent, or lost on the way. Clients tell by the messages
 * of their errors, which begin with the server's own word where the server has answered.
 *
 * @see engine.md section 11
 * @module
 */
import { isNotSent, StoreError, systemCode } from '@latchkey/core'

/** The words with which a server refuses, and what to do. Nothing else of an answer gets into an error. */
const refusals: Readonly<Record<string, string>> = {
  NOAUTH: 'Give the client the password.',
  WRONGPASS: 'Check the user name and the password that the client was given.',
  NOPERM: 'Allow its user EVAL, EVALSHA, GET, SET, TIME, TYPE, PUBLISH, SUBSCRIBE and WAIT.',
  READONLY: 'The client is connected to a replica: point it at the primary.',
  LOADING: 'The server is loading its data, and answers when it has.',
  OOM: 'The server has used up its memory: raise maxmemory.',
  MISCONF: 'The server cannot save to its disk: look into its log.',
  MASTERDOWN: 'The replica has lost its primary: point the client at the primary.',
  NOREPLICAS: 'The server has fewer replicas than its min-replicas-to-write.',
  CLUSTERDOWN: 'A part of the cluster is down.',
  MOVED: 'The server is part of a cluster: use the cluster class of the client.',
  ASK: 'The server is part of a cluster: use the cluster class of the client.',
  TRYAGAIN: 'The cluster is moving the record to another server.',
  CROSSSLOT: 'The client sent the record to a wrong server of the cluster.',
  BUSY: 'A script of another program keeps the server busy.',
  ERR: 'Check that it allows scripts.',
}

const word = new RegExp(`\\b(${Object.keys(refusals).join('|')})\\b`)

/** What @redis/client and ioredis say of commands that they have not written, and what we say then. */
const unsent: readonly (readonly [RegExp, string])[] = [
  [/^The queue is full/, 'too many commands wait for an answer. Check that the server can be reached.'],
  [
    /^(The client is (closed|offline)|Stream isn't writeable|Cluster isn't ready|None of startup nodes is available)/,
    'the client is not connected. Connect it before use, and check that the server can be reached.',
  ],
]

/** The word with which the server refused; `undefined` where it is not known to have answered. */
export function refusedWith(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; depth += 1) {
    const [start, first = ''] = /^-?([A-Z]+)\b/.exec(at.message) ?? ['']
    // Servers older than 7 quote a script's failure: `ERR Error running script (…): … -OOM command not allowed …`.
    if (first === 'ERR') return word.exec(at.message.slice(start.length))?.[0] ?? first
    if (Object.hasOwn(refusals, first)) return first
    const { lastNodeError, cause } = at as { lastNodeError?: unknown; cause?: unknown } // The first is ioredis' own.
    at = lastNodeError ?? cause
  }
  return undefined
}

/** True if the command cannot have changed anything: the server refused it, or it was never sent. */
export function isHarmless(error: unknown): boolean {
  return refusedWith(error) !== undefined || unsentBecause(error) !== undefined || isNotSent(error)
}

/** `LATCHKEY_STORE_UNAVAILABLE`, with the server's word or the system's code as `reason`. */
export function unavailable(operation: 'read' | 'swap', error: unknown): StoreError {
  const refused = refusedWith(error)
  const reason = refused ?? systemCode(error)
  const lost = `no answer came${reason === undefined ? '' : ` (${reason})`}. Check that the server can be reached.`
  const what =
    refused === undefined ? (unsentBecause(error) ?? lost) : `it answered ${refused}. ${refusals[refused] ?? ''}`
  return new StoreError('LATCHKEY_STORE_UNAVAILABLE', `Redis did not ${operation} the record: ${what}`, {
    operation,
    ...(reason !== undefined && { reason }),
    cause: error,
  })
}

function unsentBecause(error: unknown): string | undefined {
  return error instanceof Error ? unsent.find(([said]) => said.test(error.message))?.[1] : undefined
}
