/**
 * Every shape in which KSeF and the network before it answer, read into one. Apart from `errors.ts`, which decides what
 * an answer means for us.
 *
 * @see spec/ksef.md section 1.7
 * @module
 */
import { isObject, listOf, member, parseJson, textMember } from '@latchkey/http'
import type { KsefException, KsefSecurity, ReadAnswer } from '../errors.ts'

// Far more than any real answer has; a hostile one must not fill the memory of who keeps the error.
const textMax = 1_000
const listMax = 100

/** Reads an answer's text, by its status and then its shape; the content type has been seen to lie. Never throws. */
export function readAnswer(status: number, text: string): ReadAnswer {
  const trimmed = text.trim()
  if (trimmed === '') return { status, kind: 'empty', exceptions: [] }
  const json = parseJson(trimmed)
  if (json === undefined) {
    const html = /^<|<html|<!doctype/i.test(trimmed.slice(0, 512))
    return { status, kind: html ? 'html' : 'text', exceptions: [] }
  }
  if (status < 400) return { status, kind: 'json', json, exceptions: [] }
  return { status, kind: 'json', json, ...failedMembers(json) }
}

function failedMembers(json: unknown): Omit<ReadAnswer, 'status' | 'kind' | 'json'> {
  const exception = member(json, 'exception')
  const throttled = member(json, 'status') // An object in the older 429, a number in problem details.
  const exceptions = [
    ...exceptionsOf(member(json, 'errors'), 'code', 'description'),
    ...exceptionsOf(member(exception, 'exceptionDetailList'), 'exceptionCode', 'exceptionDescription'),
  ]
  const detail = textMember(json, 'detail') ?? texts(member(throttled, 'details'))[0]
  const traceId = idWord(textMember(json, 'traceId') ?? textMember(exception, 'serviceCode'))
  const reasonCode = reasonWord(textMember(json, 'reasonCode'))
  const security = securityOf(member(json, 'security'))
  return {
    exceptions: Object.freeze(exceptions),
    ...(detail !== undefined && { detail: cut(detail) }),
    ...(traceId !== undefined && { traceId }),
    ...(reasonCode !== undefined && { reasonCode }),
    ...(security !== undefined && { security }),
  }
}

function exceptionsOf(list: unknown, codeName: string, descriptionName: string): readonly KsefException[] {
  return listOf(list)
    .slice(0, listMax)
    .flatMap((each) => {
      const code = Number(textMember(each, codeName))
      if (!Number.isInteger(code)) return []
      const description = textMember(each, descriptionName)
      const details = Object.freeze(texts(member(each, 'details')))
      return [Object.freeze({ code, ...(description !== undefined && { description: cut(description) }), details })]
    })
}

function securityOf(value: unknown): KsefSecurity | undefined {
  if (!isObject(value)) return undefined
  const members = Object.entries(value)
    .slice(0, listMax)
    .flatMap(([name, each]): [string, string | readonly string[]][] => {
      if (Array.isArray(each)) return [[name, Object.freeze(texts(each))]]
      return typeof each === 'string' ? [[name, cut(each)]] : []
    })
  return Object.freeze(Object.fromEntries(members))
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value
    .slice(0, listMax)
    .filter((each) => typeof each === 'string')
    .map(cut)
}

function cut(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`
}

// Errors print these two, so what does not look like one is left out.
function idWord(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9A-Za-z._:|-]{1,80}$/.test(text) ? text : undefined
}

function reasonWord(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z][a-z0-9-]{0,59}$/.test(text) ? text : undefined
}
