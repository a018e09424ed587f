/**
 * What happens outside the API: keys are rotated, a session is ended from elsewhere, a KSeF token cannot be made. Given
 * as the switch `actions`, done at once and in order.
 *
 * @see spec/ksef.md sections 2.8, 2.14, B.3
 * @module
 */
import { z } from 'zod'
import { InputError } from '../../input-error.ts'
import { revoke } from './auth/session.ts'
import { keyUsages, rotateKeys } from './encryption/keys.ts'
import type { World } from './world.ts'

const reference = z.string().length(36)

/** One action. */
export const actionSchema = z.discriminatedUnion('do', [
  /** Changes the environment's key of a usage, or to one for both. `startsInMs` is when a planned one begins. */
  z.strictObject({
    do: z.literal('rotateKeys'),
    usage: z.enum([...keyUsages, 'both']),
    how: z.enum(['planned', 'emergency', 'recertify']),
    startsInMs: z.number().min(0).max(31_536_000_000).optional(),
  }),
  /** Ends a session, as its user would from another program. */
  z.strictObject({ do: z.literal('revokeSession'), referenceNumber: reference }),
  /** Lets a KSeF token fail that is still `Pending`. */
  z.strictObject({ do: z.literal('failKsefToken'), referenceNumber: reference, detail: z.string().min(1).max(500) }),
])

/** See {@link actionSchema}. */
export type Action = z.infer<typeof actionSchema>

/**
 * Does the actions, or none: what they name is looked up first.
 *
 * @throws {InputError} Something does not exist, or is not in a state for it.
 */
export function perform(world: World, actions: readonly Action[]): void {
  const { size, max } = world.tables.environmentKeys
  const rotations = actions.filter((action) => action.do === 'rotateKeys').length
  if (rotations > 0 && size + rotations * keyUsages.length > max) {
    throw new InputError('The environment has had as many keys as it can; reset it.')
  }
  const steps = actions.map((action) => prepare(world, action))
  for (const step of steps) step()
}

function prepare(world: World, action: Action): () => void {
  switch (action.do) {
    case 'rotateKeys': {
      const usages = action.usage === 'both' ? keyUsages : [action.usage]
      return () => rotateKeys(world, usages, action.how, action.startsInMs ?? 0)
    }
    case 'revokeSession': {
      const session = world.tables.sessions.get(action.referenceNumber)
      if (session === undefined) throw new InputError('There is no such session.')
      return () => revoke(session)
    }
    case 'failKsefToken': {
      const token = world.tables.ksefTokens.get(action.referenceNumber)
      if (token === undefined) throw new InputError('There is no such KSeF token.')
      if (token.status !== 'Pending') throw new InputError(`The KSeF token is ${token.status}, not Pending.`)
      return () => {
        token.status = 'Failed'
        token.statusDetails = [action.detail]
      }
    }
    default:
      return action satisfies never
  }
}
