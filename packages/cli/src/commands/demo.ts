/**
 * `latchkey demo`: the main job, end to end, on the embedded simulator, for each provider. Everything shown was measured
 * at the simulator's side, and the command fails if it is not what it must be.
 *
 * @module
 */
import { startSimulator } from '@latchkey/simulator'
import type { Row, Scene } from '../demo-scene.ts'
import type { CommonOptions, Io } from '../io.ts'
import { json, table } from '../output.ts'
import type { ProviderName } from '../providers/names.ts'
import { allProviders } from '../providers/registry.ts'
import { observer } from '../verbose.ts'

/** @param parts - What each provider shows, by name. */
export async function demo(
  parts: Readonly<Record<ProviderName, { demo(): Promise<Scene> }>>,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  await using simulator = await startSimulator()
  if (!options.json) io.err(`The simulator listens on ${simulator.url} for the length of this demo.\n\n`)
  const rows: Row[] = []
  for (const { name: system, tokenOperations } of allProviders) {
    const note = (step: string, result: string, expected: number): void => {
      io.signal.throwIfAborted()
      const seen = simulator
        .requests()
        .filter((each) => each.system === system && tokenOperations.includes(each.operation ?? ''))
      if (seen.length !== expected) throw new Error(`${step}: ${seen.length} token requests instead of ${expected}`)
      rows.push({ system, step, result, tokenRequests: seen.length })
    }
    const scene = await parts[system].demo()
    await scene({ simulator, signal: io.signal, note, ...observer(options, io) })
  }
  if (options.json) return io.out(json({ steps: rows }))
  const shown = rows.map(({ system, step, result, tokenRequests }) => [system, step, result, String(tokenRequests)])
  io.out(table(['system', 'what happened', 'result', 'token requests'], shown))
  io.out('\nEvery call succeeded, and no token was asked for twice. Next: latchkey simulator\n')
}
