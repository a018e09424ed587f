/**
 * `latchkey etims init-device`: initializes the device, which KRA allows once. The key goes into the store and is shown to
 * nobody, unless the user takes it himself.
 *
 * @see spec/etims.md sections 3.2 and 3.3
 * @module
 */
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs } from '../../output.ts'
import { openFreshDevice } from '../../providers/etims.ts'
import { UsageError } from '../../usage.ts'
import type { InitDeviceFlags } from './flags.ts'
import { etimsTarget } from './target.ts'

export async function initDevice(options: CommonOptions & InitDeviceFlags, io: Io): Promise<void> {
  await using target = await etimsTarget(options, io, openFreshDevice)
  const serial = options.serial ?? target.deviceSerial
  if (serial === undefined) throw new UsageError('--serial is missing: the serial of the device that KRA approved.')
  const { take, force } = options
  const issued = await target.etims
    .initializeDevice({ dvcSrlNo: serial }, { take, force, signal: io.signal })
    .catch((error: unknown) => {
      if (error instanceof Error && /`(take|force): true`/.test(error.message)) {
        io.err('What is called `take: true` and `force: true` here is --take and --force of this command.\n')
      }
      throw error
    })
  const { cmcKey, ...info } = issued
  const members = info as Readonly<Record<string, string | number | null | undefined>> // Flat, as the client reads it.
  if (options.json) return io.out(json({ stored: !take, info: { ...members, ...(take && { cmcKey }) } }))
  const facts = pairs(Object.fromEntries(Object.entries(members).map(([name, value]) => [name, value ?? undefined])))
  if (!take) {
    io.out(facts)
    io.err('The device is initialized, and its key is in the store.\n')
    return
  }
  io.out(`${cmcKey}\n`)
  io.err(`${facts}The key is on standard output and nowhere else. Keep it: KRA does not give it again.\n`)
}
