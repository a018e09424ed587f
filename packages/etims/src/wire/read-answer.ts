/**
 * Every shape in which KRA answers, read into one: the direct face's envelope, what the gateway wraps, and what is
 * neither.
 *
 * @see spec/etims.md section 4.1
 * @module
 */
import { isObject, member, parseJson, textMember } from '@latchkey/http'
import type { JsonObject } from '@latchkey/http'

/** An answer by its shape. */
export type ReadAnswer =
  /** It has a result code, which decides whatever the HTTP status says. */
  | { readonly kind: 'envelope'; readonly resultCd: string; readonly resultMsg: string; readonly envelope: JsonObject }
  /** The gateway refused without an envelope. */
  | { readonly kind: 'rejected'; readonly title: string; readonly reason: string; readonly header: JsonObject }
  /** JSON without either. */
  | { readonly kind: 'other'; readonly json: unknown; readonly said: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'notJson'; readonly excerpt: string }

const messageMax = 500

/** Reads an answer's text. Never throws: what is not JSON is still an answer. */
export function readAnswer(text: string): ReadAnswer {
  if (text.trim() === '') return { kind: 'empty' }
  const json = parseJson(text)
  if (typeof json !== 'object' || json === null) return { kind: 'notJson', excerpt: text.slice(0, messageMax) }
  const header = member(json, 'responseHeader')
  const body = member(json, 'responseBody')
  if (isObject(header) && !isObject(body) && Number(textMember(header, 'responseCode')) >= 300) {
    const title = clip(textMember(header, 'customerMessage'))
    return { kind: 'rejected', header, title, reason: clip(textMember(header, 'debugMessage')) || title }
  }
  const envelope = isObject(body) ? body : json
  const resultCd = textMember(envelope, 'resultCd')
  if (isObject(envelope) && resultCd !== undefined) {
    return { kind: 'envelope', envelope, resultCd, resultMsg: clip(textMember(envelope, 'resultMsg')) }
  }
  const fault = textMember(member(json, 'fault'), 'faultstring')
  const said = clip(fault ?? textMember(member(json, 'header'), 'responseMessage') ?? textMember(json, 'errorMessage'))
  return { kind: 'other', json, said }
}

function clip(text: string | undefined): string {
  return (text ?? '').slice(0, messageMax)
}
