/**
 * `latchkey etims codes`: KRA's code lists, as the store has them or as KRA has them now.
 *
 * @see spec/etims.md sections 4.3 and 6
 * @module
 */
import { codeLists } from '@latchkey/etims'
import type { CodeList } from '@latchkey/etims'
import type { CommonOptions, Io } from '../../io.ts'
import { json, table } from '../../output.ts'
import { UsageError } from '../../usage.ts'
import type { CodesFlags } from './flags.ts'
import { etimsTarget } from './target.ts'

const published: Readonly<Record<string, CodeList>> = codeLists

export async function codes(cdCls: string | undefined, options: CommonOptions & CodesFlags, io: Io): Promise<void> {
  await using target = await etimsTarget(options, io)
  const { etims } = target
  const { refreshedAt, classes } = await (options.refresh
    ? etims.refreshCodeLists({ signal: io.signal })
    : etims.codeLists())
  const names = Object.keys(classes).sort()
  if (cdCls === undefined) {
    const rows = names.map((name) => ({ class: name, name: nameOf(name), codes: classes[name]?.length ?? 0 }))
    if (options.json) return io.out(json({ refreshedAt: refreshedAt ?? null, classes: rows }))
    io.out(
      table(
        ['class', 'name', 'codes'],
        rows.map((row) => [row.class, row.name, String(row.codes)]),
      ),
    )
  } else {
    const found = Object.hasOwn(classes, cdCls) ? classes[cdCls] : undefined
    if (!found) throw new UsageError(`There is no class of codes of that number. There are: ${names.join(', ')}.`)
    const head = { class: cdCls, name: nameOf(cdCls) }
    if (options.json) return io.out(json({ refreshedAt: refreshedAt ?? null, ...head, codes: found }))
    io.out(
      table(
        ['code', 'name', 'in use'],
        found.map((row) => [row.code, row.name, row.inUse ? 'yes' : 'no']),
      ),
    )
  }
  if (refreshedAt === undefined) io.err('As published in the specification; --refresh asks KRA for its own.\n')
}

function nameOf(cdCls: string): string {
  return published[cdCls]?.name ?? ''
}
