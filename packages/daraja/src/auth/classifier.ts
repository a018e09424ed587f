/**
 * Whether an answer refuses the token it was asked with. Daraja says so with 401, 404 or 400 and a code.
 *
 * @see spec/daraja.md section 1.9, engine.md 7.1
 * @module
 */
import type { JudgedAnswer, Verdict } from '@latchkey/http'
import { lacksProduct, refusesToken } from '../errors.ts'
import { readAnswer } from '../wire/answer.ts'

/**
 * Judges one answer. `forbidden`: the token is good and the app lacks the product, so a new token will not help.
 *
 * @param text - The body, or the beginning of it.
 */
export function darajaVerdict(status: number, text: string): Verdict {
  const answer = readAnswer(status, text)
  if (lacksProduct(answer)) return 'forbidden'
  if (refusesToken(answer)) return 'refused'
  return status === 403 ? 'forbidden' : 'fine'
}

/** The same for `authorizedFetch`, which reads the body only where a refusal has been seen. */
export async function classifyDaraja(answer: JudgedAnswer): Promise<Verdict> {
  return answer.status < 400 ? 'fine' : darajaVerdict(answer.status, await answer.text())
}
