/**
 * Checks what a provider issued and works out when its tokens end.
 *
 * @see engine.md sections 3.1, 3.2, 3.7 and 10.4
 * @module
 */
import type { Attempt } from './attempt.ts'
import { TokenError } from './errors.ts'
import type { Issued } from './grant.ts'
import type { Ledger } from './ledger.ts'
import { lifetimeMs } from './lifetime.ts'
import { Secret } from './secret.ts'
import type { Slot, Uncommitted } from './slot.ts'

const defaultLifetimeMs = 300_000
const shortLifetimeMs = 10_000

interface Terms {
  readonly fence: number
  readonly epoch: number
  readonly forgets: number
  /** The refresh token in hand, kept where the answer brings none. */
  readonly kept: string | undefined
  readonly renewUntil: number | undefined
}

/** Checks an answer and works out when its tokens end (engine.md 3.1, 3.2, 3.7 and 10.4). */
export function receive(slot: Slot, issued: Issued, attempt: Attempt, terms: Terms, ledger: Ledger): Uncommitted {
  const { grant } = slot.options
  const access = visible(issued.access)
  const refresh = issued.refresh ? visible(issued.refresh.token) : terms.kept
  const { sentAt, last } = attempt
  const providerNow = last?.now ?? slot.services.clock.wall()
  const stated = lifetimeMs(issued.lifetime, providerNow)
  const life = stated ?? grant.traits.assumedLifetime ?? defaultLifetimeMs
  const unclocked = (): boolean =>
    issued.lifetime !== undefined && 'at' in issued.lifetime && issued.lifetime.now === undefined && !last?.dated
  if (stated === undefined || unclocked()) slot.emit('lifetime.assumed', { value: life })
  if (life <= shortLifetimeMs) slot.emit('lifetime.short', { value: life })
  const renewLife = lifetimeMs(issued.refresh?.lifetime, providerNow)
  const kept =
    issued.refresh || terms.renewUntil === undefined
      ? undefined
      : slot.services.clock.mono() + terms.renewUntil - ledger.now()
  return {
    contents: { access, refresh, scheme: schemeOf(issued), scopes: issued.scopes },
    issued,
    deadline: { mono: sentAt.mono + life, wall: sentAt.wall + life, life },
    fence: terms.fence,
    epoch: terms.epoch,
    login: terms.kept === undefined,
    forgets: terms.forgets,
    renewEnd: renewLife ? sentAt.mono + renewLife : kept, // A refresh lifetime of zero means that none is stated.
  }
}

// RFC 6750's scheme is compared without regard to case, but some resources want it spelled like this.
function schemeOf({ scheme = 'Bearer' }: Issued): string {
  if (/^bearer$/i.test(scheme)) return 'Bearer'
  if (/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(scheme)) return scheme
  throw new TokenError('LATCHKEY_BAD_TOKEN', 'The token endpoint answered with a token type that is not a word.', {
    failure: 'transient',
  })
}

function visible(secret: Secret): string {
  const text = secret instanceof Secret ? secret.reveal() : ''
  if (/^[\x21-\x7e]{1,16384}$/.test(text)) return text
  if (text === '')
    throw new TokenError('LATCHKEY_NO_TOKEN', 'The token endpoint answered without a token.', { failure: 'transient' })
  throw new TokenError(
    'LATCHKEY_BAD_TOKEN',
    'The token endpoint answered with a token that is not visible ASCII of at most 16 KiB.',
    { failure: 'transient' },
  )
}
