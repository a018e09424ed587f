/**
 * Whether an answer refuses the token it was asked with. KRA says so in three shapes, one of them with status 500.
 *
 * @see spec/etims.md section 2.4, engine.md 7.1
 * @module
 */
import { member, parseJson, textMember } from '@latchkey/http'
import type { JudgedAnswer, Verdict } from '@latchkey/http'

/** Judges one answer. @param text - The body, or the beginning of it. */
export function etimsVerdict(status: number, text: string): Verdict {
  if (status === 401) return 'refused'
  if (status < 400) return 'fine'
  const json = parseJson(text)
  const fault = member(json, 'fault')
  const said = textMember(member(json, 'header'), 'responseMessage') ?? ''
  const refused =
    /(access )?token (is )?(expired|invalid)|invalid (access )?token/i.test(textMember(fault, 'faultstring') ?? '') ||
    /access_token|invalid_?token/i.test(textMember(member(fault, 'detail'), 'errorcode') ?? '') ||
    /invalid access token|token expired/i.test(said)
  if (refused) return 'refused'
  return status === 403 ? 'forbidden' : 'fine'
}

/** The same for `authorizedFetch`, which reads the body only where something failed. */
export async function classifyEtims(answer: JudgedAnswer): Promise<Verdict> {
  return answer.status < 400 ? 'fine' : etimsVerdict(answer.status, await answer.text())
}
