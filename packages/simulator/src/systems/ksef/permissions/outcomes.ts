/**
 * How a grant or a revocation ends: codes and texts of the operation's status.
 *
 * @see spec/ksef.md section 3.18
 * @module
 */

/** The final codes. */
export const outcomeCodes = [200, 400, 410, 420, 430, 440, 450, 550] as const

/** A code in {@link outcomeCodes}. */
export type Outcome = (typeof outcomeCodes)[number]

const descriptions: Readonly<Record<Outcome, string>> = {
  200: 'Operacja zakończona sukcesem',
  400: 'Operacja zakończona niepowodzeniem',
  410: 'Podane identyfikatory są niezgodne lub pozostają w niewłaściwej relacji',
  420: 'Użyte poświadczenia nie mają uprawnień do wykonania tej operacji',
  430: 'Kontekst identyfikatora nie odpowiada wymaganej roli lub uprawnieniom',
  440: 'Operacja niedozwolona dla wskazanych powiązań identyfikatorów',
  450: 'Operacja niedozwolona dla wskazanego identyfikatora lub jego typu',
  550: 'Operacja została anulowana przez system',
}

/** The status as the service tells it; null of what is under way. */
export function statusOf(outcome: Outcome | null): object {
  if (outcome === null) return { code: 100, description: 'Operacja przyjęta do realizacji' }
  const interrupted = 'Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie później.'
  return { code: outcome, description: descriptions[outcome], details: outcome === 550 ? [interrupted] : null }
}
