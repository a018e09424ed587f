/**
 * KRA's code lists as the store has them: the specification's, with what the server changed since.
 *
 * @see spec/etims.md sections 4.3, 6 and 7.4
 * @module
 */
import type { RunOptions } from '@latchkey/http'
import { isObject, listOf, member, textMember } from '@latchkey/http'
import { openCell } from '../counters/cells.ts'
import type { Place } from '../counters/cells.ts'
import { codeLists as builtIn } from '../values/code-lists/all.ts'
import { readList } from './answers.ts'
import type { Context } from './context.ts'
import { operations } from './table.ts'

/** One code of a class. */
export interface StoredCode {
  readonly code: string
  readonly name: string
  /** False: KRA took it out of use. */
  readonly inUse: boolean
}

export interface StoredCodeLists {
  /** The server's time of the last refresh, `yyyyMMddHHmmss`; undefined: the specification's lists. */
  readonly refreshedAt: string | undefined
  /** By class number, `04` for tax types; each in KRA's order. */
  readonly classes: Readonly<Record<string, readonly StoredCode[]>>
}

const beginning = '20180101000000'
const triesMax = 8
const codesMax = 20_000

type CodesContext = Context & { readonly device: { readonly place: Place } }

/** The lists as they are kept, without asking KRA. @throws {StoreError} The store does not answer. */
export async function codeLists(context: CodesContext): Promise<StoredCodeLists> {
  return (await cellOf(context)?.read())?.value ?? specified()
}

/**
 * Asks KRA for what changed since the last refresh by the server's own clock, and keeps the whole.
 *
 * @throws {ApiException} KRA refused, or did not answer.
 * @throws {StoreError} The store does not answer.
 */
export async function refreshCodeLists(context: CodesContext, run?: RunOptions): Promise<StoredCodeLists> {
  const cell = cellOf(context)
  let page = await cell?.read()
  const lastReqDt = page?.value?.refreshedAt ?? beginning
  const envelope = await context.call(operations.codeList, { lastReqDt }, run)
  const rows = readList(operations.codeList, envelope)
  for (let tries = 1; ; tries += 1) {
    const next = merged(page?.value ?? specified(), rows, envelope.resultDt)
    if (cell === undefined || page === undefined) return next
    const swap = await cell.swap(page, next, false)
    if (swap.kind === 'done' || tries === triesMax) return next // A refresh that lost every time is the next one's work.
    page = swap.kind === 'conflict' ? swap.page : await cell.read()
  }
}

function specified(): StoredCodeLists {
  const classes = Object.values(builtIn).map(({ cdCls, rows }) => [
    cdCls,
    rows.map(({ code, name }) => ({ code, name, inUse: true })),
  ])
  return { refreshedAt: undefined, classes: Object.fromEntries(classes) as StoredCodeLists['classes'] } // Built just above.
}

function merged(known: StoredCodeLists, rows: readonly unknown[], resultDt: string | undefined): StoredCodeLists {
  const classes = new Map(Object.entries(known.classes))
  for (const row of rows) {
    const name = textMember(row, 'cdCls')
    if (name === undefined) continue
    const codes = new Map((classes.get(name) ?? []).map((each) => [each.code, each]))
    for (const detail of listOf(member(row, 'dtlList'))) {
      const code = textMember(detail, 'cd')
      if (code === undefined) continue
      codes.set(code, { code, name: textMember(detail, 'cdNm') ?? '', inUse: textMember(detail, 'useYn') !== 'N' })
    }
    classes.set(name, [...codes.values()].slice(0, codesMax))
  }
  return { refreshedAt: resultDt ?? known.refreshedAt, classes: Object.fromEntries(classes) }
}

function cellOf({ keeping, clock, device }: CodesContext) {
  return keeping && openCell(keeping, clock, { what: 'codes', place: device.place, scope: 'taxpayer' }, parse)
}

function parse(input: unknown): StoredCodeLists | undefined {
  const [refreshedAt, classes] = [member(input, 'refreshedAt'), member(input, 'classes')]
  if (!isObject(classes) || !(refreshedAt === undefined || typeof refreshedAt === 'string')) return undefined
  const sound = Object.values(classes).every(
    (codes) => Array.isArray(codes) && codes.every((each) => typeof member(each, 'code') === 'string'),
  )
  return sound ? ({ refreshedAt, classes } as StoredCodeLists) : undefined // As just checked.
}
