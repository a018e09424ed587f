/**
 * The store contract on real servers, through both clients: alone, behind a password, as a cluster, and on Valkey.
 *
 * @see engine.md section 9
 * @module
 */
import { afterAll, beforeAll, describe, it } from 'vitest'
import { redisStore } from '@latchkey/stores/redis'
import { redisHere, startRedis, valkeyHere } from '@latchkey/testkit/servers'
import type { RedisOptions, RedisServer } from '@latchkey/testkit/servers'
import { storeContract } from '@latchkey/testkit/store-contract'
import { clients, clusterClients } from '../redis/clients.ts'
import type { Client, Place } from '../redis/clients.ts'

const redis = redisHere()
const valkey = valkeyHere()
// A node that has met no other does not know its own address, and ioredis does not use a node without one.
const announced = ['--cluster-announce-ip', '127.0.0.1']

onServer('Redis', redis.found, {}, clients)
onServer('Redis with a password', redis.found, { password: 'open sesame/+' }, clients)
onServer('Redis Cluster', redis.found, { cluster: true, args: announced }, clusterClients)
onServer('Valkey', valkey.found, { program: 'valkey' }, clients)
onServer('Valkey as a cluster', valkey.found, { program: 'valkey', cluster: true, args: announced }, clusterClients)

function onServer(
  server: string,
  found: boolean,
  options: RedisOptions,
  makers: Readonly<Record<string, (place: Place) => Promise<Client>>>,
): void {
  describe.skipIf(!found)(server, () => {
    let running: RedisServer
    beforeAll(async () => {
      running = await startRedis(options)
    }, 30_000)
    afterAll(() => running.stop())

    for (const [name, connect] of Object.entries(makers)) {
      storeContract({
        name: `${name} on ${server}`,
        runner: { describe, it },
        create: async () => {
          const [client, other] = await Promise.all([connect(running), connect(running)])
          return {
            store: redisStore({ connection: client.connection }),
            second: () => redisStore({ connection: other.connection }),
            drop: async (key) => void (await client.send(['DEL', `{${key}}`])),
            close: () => {
              client.close()
              other.close()
            },
          }
        },
      })
    }
  })
}
