/**
 * `latchkey truphone sim get` and `sim eid`: where a profile is, and to which handset it is pushed.
 *
 * @see spec/truphone.md section 7.3
 * @module
 */
import { lpaString } from '@latchkey/truphone'
import type { Sim } from '@latchkey/truphone'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import { truphoneTarget } from './target.ts'

export async function simGet(iccid: string, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  show(await target.truphone.sims.get(iccid, { signal: io.signal }), options, io)
}

export async function simEid(iccid: string, eid: string, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  show(await target.truphone.sims.updateEid(iccid, eid, { signal: io.signal }), options, io)
}

function show(sim: Sim, options: CommonOptions, io: Io): void {
  const { iccid, status, eid, matchingId, lastModified } = sim
  const shown = {
    ...{ iccid, status, eid, matchingId, activationCode: lpaString(sim) },
    lastModified: lastModified?.toISOString(),
  }
  io.out(options.json ? json(shown) : pairs(shown))
}
