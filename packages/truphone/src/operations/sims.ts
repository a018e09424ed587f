/**
 * SIM profiles.
 *
 * @see spec/truphone.md section 7.3
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { Resolution } from '@latchkey/http'
import type { Sim } from '../values/sim.ts'
import { decodeSim } from '../wire/entities.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { operations } from './table.ts'

/** `truphone.sims` */
export interface Sims {
  /**
   * Reads a SIM: where its profile is, and how to install it.
   *
   * Source: spec/truphone.md section 7.3. `GET /v1/sim/{iccid}`
   */
  get(iccid: string, run?: CallOptions): Promise<Sim>
  /**
   * Points an eSIM that is on no handset (`Released`) to another handset, for a new push install.
   *
   * @param eid - 32 digits.
   * @returns The SIM, as the answer has it or as a second request reads it.
   *
   * Source: spec/truphone.md section 7.3. `PUT /v1/sim/{iccid}`
   */
  updateEid(iccid: string, eid: string, run?: CallOptions): Promise<Sim>
}

export function simsOf(context: Context): Sims {
  const sims: Sims = {
    async get(iccid, run) {
      return getSim(context, iccid, run)
    },
    async updateEid(iccid, eid, run) {
      const operation = operations['sims.updateEid']
      const { eid: number, ...params } = parseRequest(operation, { iccid, eid }, [])
      const resolve = async (): Promise<Resolution<Sim>> => {
        const sim = await getSim(context, iccid)
        return sim.eid === number ? { state: 'settled', result: sim } : { state: 'unknown' }
      }
      const unknown = { resolve, advice: 'Sending it again is harmless: the end is the same.' }
      const { json } = await send(context, operation, { params, body: { eid: number }, unknown }, run)
      return decodeSim(json) ?? getSim(context, iccid, run)
    },
  }
  return Object.freeze(sims)
}

async function getSim(context: Context, iccid: string, run?: CallOptions): Promise<Sim> {
  const operation = operations['sims.get']
  const params = parseRequest(operation, { iccid }, [])
  const { json } = await send(context, operation, { params }, run)
  return decoded(decodeSim(json))
}
