/**
 * Eight processes that share one login at a real Keycloak for ten minutes, while one of them is killed every five
 * seconds. Only where `LATCHKEY_KEYCLOAK_LONG` is set: `1`, or the number of seconds.
 *
 * @see engine.md sections 14 and 16.4, spec/truphone.md sections 12.7 and 12.11
 * @module
 */
import { describe, expect, inject, it } from 'vitest'
import { runFleet } from './harness/fleet-run.ts'
import { connectKeycloak } from './harness/keycloak.ts'

const access = inject('keycloak')
const asked = Number(process.env['LATCHKEY_KEYCLOAK_LONG'] ?? 0)
const seconds = asked === 1 ? 600 : asked
const killsPerLogin = 60 / 5 // A login that nobody uses any more is kept for 60 s, and at most one is lost in 5 s.

describe.skipIf('missing' in access || !(seconds > 0))('eight processes on one store and a real Keycloak', () => {
  it(
    'lose no call to one kill every 5 s, with at most one more login a kill (12.7, 12.11, G3, G7)',
    async () => {
      if ('missing' in access) return
      const report = await runFleet(connectKeycloak(access), seconds)
      console.log(JSON.stringify(report, undefined, 2))
      expect({ failed: report.failed, complaints: report.complaints }).toEqual({ failed: [], complaints: [] })
      expect(report.kills).toBeGreaterThanOrEqual(Math.floor(seconds / 5) - 4)
      expect(report.killsWhileRenewing).toBeGreaterThan(0)
      expect(report.logins).toBeLessThanOrEqual(1 + report.kills)
      expect(report.loginsRefused).toBe(0)
      expect(report.sessionsMost).toBeLessThanOrEqual(1 + killsPerLogin)
    },
    (seconds + 120) * 1000,
  )
})
