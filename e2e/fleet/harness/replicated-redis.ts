/**
 * A Redis primary with a replica behind one address, and the fail-over from one to the other.
 *
 * @module
 */
import { startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import type { Place } from './conduct.ts'
import { askRedis } from './grounds.ts'
import { openSwitch } from './tcp-switch.ts'

export interface Replicated extends Place {
  /** The replica keeps what it has, and learns nothing more. */
  detachReplica(): Promise<void>
  /** The primary crashes, the replica takes its place, with a new replica of its own. */
  failOver(): Promise<void>
}

/** @param replicas - How many must confirm a durable swap; 0 = the single server's word is accepted. */
export async function openReplicated(replicas: number): Promise<Replicated> {
  const primary = await startRedis()
  const replica = await startRedis({ replicaOf: primary })
  const door = await openSwitch(primary.port)
  const servers: RedisServer[] = [primary, replica]
  const detachReplica = async (): Promise<void> => void (await askRedis(replica.port, 'REPLICAOF', 'NO', 'ONE'))
  return {
    choice: { kind: 'redis', url: `redis://127.0.0.1:${door.port}`, replicas },
    detachReplica,
    async failOver() {
      await primary.kill()
      await detachReplica()
      servers.push(await startRedis({ replicaOf: replica }))
      door.switchTo(replica.port)
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]()
      await Promise.all(servers.map((server) => server.stop()))
    },
  }
}
