/**
 * A `fetch` that tells the warnings of every answer, also of one that failed. Apart from the dialect, which judges an
 * answer for its own sake and must not talk.
 *
 * @see spec/ksef.md section 1.4, `X-System-Warning`
 * @module
 */
import type { SystemWarning } from '../values/system-warning.ts'
import { parseSystemWarnings } from '../wire/system-warning.ts'

/** KSeF warned beside an answer. Informational: nothing fails because of it. */
export interface WarningEvent {
  readonly type: 'warning'
  readonly provider: 'ksef'
  readonly status: number
  readonly warnings: readonly SystemWarning[]
}

/** Wraps a `fetch`. What the listener throws is dropped. */
export function warnedFetch(
  fetch: typeof globalThis.fetch,
  listener: ((event: WarningEvent) => void) | undefined,
): typeof globalThis.fetch {
  if (listener === undefined) return fetch
  return async (input, init) => {
    const answer = await fetch(input, init)
    const warnings = parseSystemWarnings(answer.headers.get('x-system-warning'))
    if (warnings.length > 0) {
      try {
        listener({ type: 'warning', provider: 'ksef', status: answer.status, warnings })
      } catch {
        // A listener that throws must not affect the call.
      }
    }
    return answer
  }
}
