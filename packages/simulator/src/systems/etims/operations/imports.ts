/**
 * Import declarations: the list, and what the importer makes of each line.
 *
 * Source: spec/etims.md section 4.9
 * @module
 */
import { key } from '../data.ts'
import { always, code, counter, numberOf, optional, text, textOf } from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, found, type Outcome, refused } from '../outcomes.ts'
import { changedAfter, sinceField } from '../since.ts'

/** On this path an update is answered as if it had been made (section 1.3, row 16). */
const forgetfulPath = 'importedItemConvertedInfo'

export const imports: readonly Operation[] = [
  {
    name: 'selectImportItemList',
    paths: ['selectImportItemList', 'importedItemInfo'],
    kind: 'read',
    fields: sinceField,
    run: ({ world, unit, fields }) =>
      found(
        'itemList',
        world.data.imports.rows
          .filter(({ tin }) => tin === unit.tin)
          .filter(changedAfter(fields))
          .map(({ taskCd, dclDe, itemSeq, fields: rest }) => ({ taskCd, dclDe, itemSeq, ...rest })),
      ),
  },
  {
    name: 'updateImportItem',
    paths: ['updateImportItem', forgetfulPath],
    kind: 'write',
    fields: {
      taskCd: always(text(50)),
      dclDe: always(text(8)),
      itemSeq: always(counter),
      hsCd: always(text(17)),
      itemClsCd: always(text(10)),
      itemCd: always(text(20)),
      imptItemSttsCd: always(code('importStatus')),
      remark: optional(text(400)),
      modrId: always(text(20)),
      modrNm: always(text(60)),
    },
    onMissing: () => (name) =>
      name === 'itemClsCd' || name === 'itemCd'
        ? refused('910', 'required: <itemClsCd> and <itemCd>', { hasEnvelope: true })
        : undefined,
    run: updateImport,
  },
]

function updateImport({ world, unit, fields, checks, path, now }: Call): Outcome {
  const taskCd = textOf(fields, 'taskCd') ?? ''
  const known = world.data.imports.get(
    key(unit.tin, taskCd, textOf(fields, 'dclDe') ?? '', numberOf(fields, 'itemSeq')),
  )
  if (known === undefined && checks.references) return refused('910', `taskCd '${taskCd}' not found.`)
  const imptItemsttsCd = textOf(fields, 'imptItemSttsCd')
  if (checks.preset === 'live' && imptItemsttsCd === '3' && textOf(fields, 'remark') === null) {
    return refused('999', 'There is an unknown error. Please ask administrator', { hasEnvelope: true })
  }
  if (known === undefined || path === forgetfulPath) return done()
  known.fields = { ...known.fields, imptItemsttsCd, hsCd: textOf(fields, 'hsCd') } // Read in another spelling.
  known.changedAt = now
  return done()
}
