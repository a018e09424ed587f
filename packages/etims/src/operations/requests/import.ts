/**
 * Tells KRA what became of an import declaration's item.
 *
 * @see spec/etims.md section 4.9
 * @module
 */
import type { Issue } from '@latchkey/http'
import { importStatuses } from '../../values/code-lists/goods.ts'
import type { CodeOf } from '../../values/code-lists/code-list.ts'
import { audit, char, code, optional, whole } from '../fields.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'

/** Updates an imported item. The first three fields name it and are sent as the list gave them. */
export interface ImportUpdateRequest {
  /** At most 50 characters. */
  readonly taskCd: string
  /** Declaration date, opaque: live it is day first. */
  readonly dclDe: string
  readonly itemSeq: number
  /** Customs code, at most 17 characters. */
  readonly hsCd: string
  /** Classification of your item. */
  readonly itemClsCd: string
  /** Your registered item. */
  readonly itemCd: string
  /** `3` approved, `4` cancelled. Spelled with a capital S here and without one in the list. */
  readonly imptItemSttsCd: CodeOf<typeof importStatuses>
  /** At most 400 characters; needed live for an approval. */
  readonly remark?: Maybe<string>
  readonly modrId: string
  readonly modrNm: string
}

const { modrId, modrNm } = audit()

export const importUpdateRequest = requestForm<ImportUpdateRequest>(
  {
    taskCd: char(50),
    dclDe: char(8, [1, 14]),
    itemSeq: whole(10, 1),
    hsCd: char(17, [1, 17]),
    itemClsCd: char(10, [1, 10]),
    itemCd: char(20, [1, 20]),
    imptItemSttsCd: code(importStatuses),
    remark: optional(char(400)),
    modrId,
    modrNm,
  },
  { live: [approvalRemark] },
)

function approvalRemark({ imptItemSttsCd, remark }: ImportUpdateRequest): readonly Issue[] {
  if (imptItemSttsCd !== '3' || typeof remark === 'string') return []
  return [{ path: 'remark', message: 'is required for an approval: null makes the server fail' }]
}
