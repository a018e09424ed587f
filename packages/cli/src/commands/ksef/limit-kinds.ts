/**
 * Whose limits there are. Apart from how they look, so that the command starts fast.
 *
 * @see spec/ksef.md section 3.8
 * @module
 */

/** Of a session in the context, of the subject's certificates, and of requests to the API. */
export const limitKinds = ['context', 'subject', 'rate'] as const

export type LimitKind = (typeof limitKinds)[number]
