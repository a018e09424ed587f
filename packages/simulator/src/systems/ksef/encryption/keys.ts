/**
 * The environment's own keys: which are published, which are still accepted, and how they are changed.
 *
 * @see spec/ksef.md sections 2.7, 2.8
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { World } from '../world.ts'

/** What a key is for. */
export const keyUsages = ['KsefTokenEncryption', 'SymmetricKeyEncryption'] as const

/** One of {@link keyUsages}. */
export type KeyUsage = (typeof keyUsages)[number]

/** A published certificate. Several can be of one pair. */
export const environmentKeyRow = z.strictObject({
  id: z.string(),
  /** The name of the pair. */
  pair: z.string(),
  usages: z.array(z.enum(keyUsages)),
  validFrom: z.number(),
  validTo: z.number(),
  /** From when on it is neither published nor accepted; null: that is not planned. */
  withdrawnAt: z.number().nullable(),
})

/** A row. */
export type EnvironmentKey = z.infer<typeof environmentKeyRow>

/** How the keys of a usage are changed. */
export type Rotation = 'planned' | 'emergency' | 'recertify'

const dayMs = 86_400_000
const lifetimeMs = 730 * dayMs

/** After a planned rotation the old key is accepted for so long. */
const overlapMs = 7 * dayMs

/** The keys of an environment that begins: one for each usage. */
export function seedKeys(world: World): void {
  for (const usage of keyUsages) publish(world, [usage], `${usage}-1`, world.now() - dayMs)
}

/** The certificates that are published now. */
export function publishedKeys(world: World): readonly EnvironmentKey[] {
  const now = world.now()
  return [...world.tables.environmentKeys.values()].filter(
    ({ withdrawnAt, validTo }) => now < validTo && (withdrawnAt === null || now < withdrawnAt),
  )
}

/** A key with which something may have been encrypted. */
export interface AcceptedKey {
  readonly publicKeyId: string
  readonly privateKey: KeyObject
}

/** The keys of a usage that are accepted now, the newest first. */
export async function acceptedKeys(world: World, usage: KeyUsage): Promise<readonly AcceptedKey[]> {
  const now = world.now()
  const valid = publishedKeys(world).filter(({ usages, validFrom }) => usages.includes(usage) && validFrom <= now)
  valid.sort((left, right) => right.validFrom - left.validFrom)
  return Promise.all(
    valid.map(async ({ pair }) => {
      const { privateKey, publicKeyId } = await world.keyMaterials.pairOf(pair)
      return { publicKeyId, privateKey }
    }),
  )
}

/**
 * Changes the key of some usages. `planned`: a new one beside the old, which ends a week after the new one begins.
 * `emergency`: the old one is withdrawn at once. `recertify`: a new certificate of the same pair takes its place.
 *
 * One new key serves all usages that are named, and those that an old one served, too.
 *
 * @param startsInMs - Only of `planned`: when the new key begins.
 */
export function rotateKeys(world: World, wanted: readonly KeyUsage[], how: Rotation, startsInMs: number): void {
  const now = world.now()
  const old = publishedKeys(world).filter(
    ({ usages, withdrawnAt }) => withdrawnAt === null && usages.some((usage) => wanted.includes(usage)),
  )
  const validFrom = how === 'planned' ? now + startsInMs : now
  for (const key of old) key.withdrawnAt = how === 'planned' ? validFrom + overlapMs : now
  if (how === 'recertify') {
    for (const { usages, pair } of old) publish(world, usages, pair, validFrom)
  } else {
    const usages = [...new Set([...wanted, ...old.flatMap((key) => key.usages)])]
    publish(world, usages, `${usages.join('+')}-${String(nextNumber(world))}`, validFrom)
  }
}

function publish(world: World, usages: KeyUsage[], pair: string, validFrom: number): void {
  const id = `certificate-${String(nextNumber(world))}`
  const validTo = validFrom + lifetimeMs
  world.tables.environmentKeys.set({ id, pair, usages, validFrom, validTo, withdrawnAt: null })
}

function nextNumber(world: World): number {
  return world.tables.environmentKeys.size + 1
}
