/**
 * What a branch saves about its customers, users and insurances.
 *
 * Source: spec/etims.md section 4.7
 * @module
 */
import { type BranchRecord, key } from '../data.ts'
import { always, type FieldTable, looseAudit, number, numberOf, optional, text, textOf, yesNo } from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, type Outcome, refused } from '../outcomes.ts'

const customer = {
  custNo: always(text(9)),
  custTin: always(text(11)),
  custNm: always(text(60)),
  adrs: optional(text(300)),
  telNo: optional(text(20)),
  email: optional(text(50)),
  faxNo: optional(text(20)),
  useYn: always(yesNo),
  remark: optional(text(1000)),
  ...looseAudit,
} satisfies FieldTable

const user = {
  userId: always(text(20)),
  userNm: always(text(60)),
  pwd: always(text(255)),
  adrs: optional(text(200)),
  cntc: optional(text(20)),
  authCd: optional(text(100)),
  remark: optional(text(2000)),
  useYn: always(yesNo),
  ...looseAudit,
} satisfies FieldTable

const insurance = {
  isrccCd: always(text(10)),
  isrccNm: always(text(100)),
  isrcRt: always(number(3, 0)),
  useYn: always(yesNo),
  ...looseAudit,
} satisfies FieldTable

export const branchRecords: readonly Operation[] = [
  {
    name: 'saveBhfCustomer',
    paths: ['saveBhfCustomer', 'branchSendCustomerInfo'],
    kind: 'write',
    fields: customer,
    onMissing: () => (name) => (name === 'custTin' ? refused('910', 'custTin cannot be empty or Null') : undefined),
    run: (call) => save(call, 'customer', 'custNo'),
  },
  {
    name: 'saveBhfUser',
    paths: ['saveBhfUser', 'branchUserAccount'],
    kind: 'write',
    fields: user,
    run: (call) => save(call, 'user', 'userId'),
  },
  {
    name: 'saveBhfInsurance',
    paths: ['saveBhfInsurance', 'branchInsuranceInfo'],
    kind: 'write',
    fields: insurance,
    run: saveInsurance,
  },
]

function saveInsurance(call: Call): Outcome {
  if (call.checks.types && numberOf(call.fields, 'isrcRt') < 0) return refused('910', 'isrcRt cannot be negative')
  return save(call, 'insurance', 'isrccCd')
}

/** Saves a record, or changes it. A password is checked and forgotten: nothing ever needs it again. */
function save({ world, unit, fields, now }: Call, kind: BranchRecord['kind'], idName: string): Outcome {
  const { pwd: _, ...kept } = fields
  const id = textOf(fields, idName) ?? ''
  const known = world.data.records.get(key(unit.tin, unit.bhfId, kind, id))
  if (known === undefined) world.data.records.add({ ...unit, kind, id, fields: kept, changedAt: now })
  else Object.assign(known, { fields: kept, changedAt: now })
  return done()
}
