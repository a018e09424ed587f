/**
 * The statuses of an authentication, in the service's own words.
 *
 * @see spec/ksef.md section 2.9
 * @module
 */

const failed = 'Uwierzytelnianie zakończone niepowodzeniem'

/** `description` by code. */
export const statuses = {
  100: 'Uwierzytelnianie w toku',
  200: 'Uwierzytelnianie zakończone sukcesem',
  415: failed,
  425: 'Uwierzytelnienie unieważnione',
  450: `${failed} z powodu błędnego tokenu`,
  460: `${failed} z powodu błędu certyfikatu`,
  470: failed,
  480: 'Uwierzytelnienie zablokowane',
  500: 'Nieznany błąd',
  550: 'Operacja została anulowana przez system',
} as const

/** A code of {@link statuses}. */
export type StatusCode = keyof typeof statuses

/** The codes as a list. */
export const statusCodes = Object.keys(statuses).map(Number) as readonly StatusCode[] // The keys are all there are.

/** What `details` says, where it does not depend on the case. */
export const statusDetails: { readonly [Code in StatusCode]?: string } = {
  415: 'Brak przypisanych uprawnień',
  425: 'Uwierzytelnienie i powiązane refresh tokeny zostały unieważnione przez użytkownika',
  450: 'Nieprawidłowy token',
  460: 'Nieważny certyfikat',
  470: 'Próba wykorzystania metod autoryzacyjnych osoby zmarłej',
  480: 'Podejrzenie incydentu bezpieczeństwa. Skontaktuj się z Ministerstwem Finansów przez formularz zgłoszeniowy.',
  550: 'Przetwarzanie zostało przerwane z przyczyn wewnętrznych systemu. Spróbuj ponownie',
}

/** A status as answers show it. */
export function statusInfo(code: StatusCode, detail: string | null): object {
  return { code, description: statuses[code], ...(detail === null ? {} : { details: [detail] }) }
}
