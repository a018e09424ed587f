/**
 * Every shape in which Daraja and the gateways before it answer, read into one. Apart from `errors.ts`, which
 * decides what an answer means for us.
 *
 * @see spec/daraja.md section 1.7
 * @module
 */
import type { ReadAnswer } from '../errors.ts'
import { member, parseJson, textMember } from '@latchkey/http'

const messageMax = 2048

/** Reads an answer's text. Never throws: what is not JSON is still an answer. */
export function readAnswer(status: number, text: string): ReadAnswer {
  const trimmed = text.trim()
  if (trimmed === '') return { status, kind: 'empty', message: '' }
  const json = parseJson(trimmed)
  if (typeof json !== 'object' || json === null) {
    const message = trimmed.slice(0, messageMax)
    return { status, kind: /^<|<html|<!doctype/i.test(message) ? 'html' : 'text', message }
  }
  const errorCode = codeOf(json)
  const requestId = idOf(json)
  return {
    status,
    kind: 'json',
    json,
    message: messageOf(json),
    ...(errorCode !== undefined && { errorCode }),
    ...(requestId !== undefined && { requestId }),
  }
}

/** Keeps text that looks like one of the provider's codes (`404.001.03`, `SFC_IC0003`, a gateway's dotted words). */
export function codeWord(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 96 && codeShape.test(value) ? value : undefined
}

/** Keeps text that looks like a request id: groups joined by hyphens, which an access token is not. */
export function idWord(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 96 && /^\w{1,32}(?:-\w{1,40}){1,8}$/.test(value) ? value : undefined
}

// An error shows codes and ids, so a member that holds anything else, an echoed token for one, is left out.
const codeShape = /^(?:\d{1,9}(?:\.\d{1,6}){0,3}|[A-Za-z]+(?:\.[A-Za-z_]+){1,8}|[A-Z0-9_]{1,16})$/

function codeOf(json: object): string | undefined {
  const fault = textMember(member(member(json, 'fault'), 'detail'), 'errorcode')
  return codeWord(textMember(json, 'errorCode') ?? fault ?? textMember(member(json, 'header'), 'responseCode'))
}

function messageOf(json: object): string {
  const text =
    textMember(json, 'errorMessage') ??
    textMember(member(json, 'fault'), 'faultstring') ??
    textMember(member(json, 'header'), 'responseMessage') ??
    ''
  return text.slice(0, messageMax)
}

function idOf(json: object): string | undefined {
  const names = ['requestId', 'requestRefId', 'MerchantRequestID', 'OriginatorConversationID']
  return idWord(names.map((name) => textMember(json, name)).find((id) => id !== undefined))
}
