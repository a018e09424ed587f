/**
 * What is looked up: codes, item classes, taxpayers, branches, notices.
 *
 * Source: spec/etims.md sections 4.3 to 4.7 and 4.13
 * @module
 */
import { codeListRows } from '../codes/lists.ts'
import { itemClasses } from '../codes/item-classes.ts'
import { progressOf } from '../data.ts'
import { always, checked, optional, text, textOf, time } from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, found, type Outcome } from '../outcomes.ts'
import { notices, seededAt } from '../seed.ts'
import { changedAfter, sinceField, sinceOf } from '../since.ts'
import { instantOf } from '../times.ts'

const places = { prvncNm: 'Nairobi', dstrtNm: 'Nairobi District', sctrNm: 'Langata', locDesc: null }

export const lookups: readonly Operation[] = [
  {
    name: 'selectCodeList',
    paths: ['selectCodeList', 'select-code-list'],
    kind: 'read',
    fields: sinceField,
    run: ({ fields }) => found('clsList', sinceOf(fields) < seededAt ? codeListRows() : []),
  },
  {
    name: 'selectItemClsList',
    paths: ['selectItemClsList', 'selectItemClass', 'select-item-class'],
    kind: 'read',
    fields: sinceField,
    run: listItemClasses,
  },
  {
    name: 'selectCustomer',
    paths: ['selectCustomer', 'customerPinInfo'],
    kind: 'read',
    fields: { custmTin: always(text(11)) },
    run: findCustomer,
  },
  {
    name: 'selectBhfList',
    paths: ['selectBhfList', 'branchList', 'branch-list'],
    kind: 'read',
    fields: sinceField,
    run: listBranches,
  },
  {
    name: 'selectNoticeList',
    paths: ['selectNoticeList', 'selectNotices'],
    kind: 'read',
    fields: sinceField,
    run: ({ fields }) =>
      found(
        'noticeList',
        notices.filter((notice) => instantOf(notice.regDt) > sinceOf(fields)),
      ),
  },
  {
    name: 'selectTaxpayerInfo',
    paths: ['selectTaxpayerInfo', 'selectTaxPayerInfo'],
    kind: 'read',
    fields: { lastReqDt: optional(time) },
    run: ({ world, unit }) =>
      done({ info: { taxprNm: world.data.taxpayers.get(unit.tin)?.taxprNm ?? '', vatTyCd: '1' } }),
  },
  {
    name: 'selectCustomerList',
    paths: ['selectCustomerList'],
    kind: 'read',
    fields: { lastReqDt: checked(time) },
    run: listCustomers,
  },
]

/** The device may then move stock (section 4.6). */
function listItemClasses({ world, unit, fields }: Call): Outcome {
  progressOf(world.data, unit).hasFetchedClasses = true
  const rows = itemClasses.map(([itemClsCd, itemClsNm, itemClsLvl]) => ({
    itemClsCd,
    itemClsNm,
    itemClsLvl,
    taxTyCd: itemClsLvl === 5 ? 'B' : null,
    mjrTgYn: null,
    useYn: 'Y',
  }))
  return found('itemClsList', sinceOf(fields) < seededAt ? rows : [])
}

function findCustomer({ world, fields }: Call): Outcome {
  const taxpayer = world.data.taxpayers.get(textOf(fields, 'custmTin') ?? '')
  if (taxpayer === undefined) return found('custList', [])
  const { tin, taxprNm, taxprSttsCd } = taxpayer
  return found('custList', [{ tin, taxprNm, taxprSttsCd, ...places }])
}

function listBranches({ world, unit, fields }: Call): Outcome {
  const rows = world.data.branches.rows.filter(({ tin }) => tin === unit.tin).filter(changedAfter(fields))
  const manager = { mgrNm: 'Jina Bandia', mgrTelNo: '0700000000', mgrEmail: 'meneja@mfano.example' }
  return found(
    'bhfList',
    rows.map(({ tin, bhfId, bhfNm, hqYn }) => ({ tin, bhfId, bhfNm, bhfSttsCd: '01', ...places, ...manager, hqYn })),
  )
}

function listCustomers({ world, unit, fields }: Call): Outcome {
  const rows = world.data.records.rows.filter(
    ({ tin, bhfId, kind }) => kind === 'customer' && tin === unit.tin && bhfId === unit.bhfId,
  )
  return found(
    'custList',
    rows.filter(changedAfter(fields)).map((row) => row.fields),
  )
}
