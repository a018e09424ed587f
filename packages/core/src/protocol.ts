/**
 * The pure core: the shared record, what it says at one instant (`view`), what a process should do about it
 * (`decide`), and what each step makes of it (`reduce`). No I/O, no clock, no randomness: production, property
 * tests and exhaustive exploration run this same module.
 *
 * @see engine.md sections 5, 6 and 7
 * @module
 */
import { freshness, leewayMs } from './freshness.ts'
import type { FailureClass } from './errors.ts'
import type { Traits } from './grant.ts'
import type { Path } from './observer.ts'

export const recordFormat = 1
/** How long after its end a lease is still respected, and how much longer than an attempt it lasts. */
export const graceMs = 2000
const demandPassMs = 5000
const dayMs = 86_400_000

/** One value per key. Instants are in the store's clock, epoch milliseconds; secrets are inside `token` alone. */
export interface TokenRecord {
  readonly format: typeof recordFormat
  /** Stamp of the last forget. */
  readonly epoch: number
  /** The highest fence drawn so far. */
  readonly fence: number
  /** Generation of the present token; 0 = none. */
  readonly gen: number
  /** The first fence of this record: an answer that was requested under an older one outlived the loss of its record. */
  readonly born?: number | undefined
  /** Makes the fingerprints of this record its own. */
  readonly salt: string
  /** Sealed: access token, refresh token, scheme, scopes. */
  readonly token?: string | undefined
  /** The provider's issue time of the present token, if known. */
  readonly issued?: number | undefined
  readonly until: number
  readonly life: number
  /** Fingerprint of the refresh token in hand. */
  readonly spendable?: string | undefined
  readonly renewUntil?: number | undefined
  /** The next renewal uses the main credential. */
  readonly primaryNext?: boolean | undefined
  /** The refresh token may have been spent; `tried`: and was sent once more since, where the provider grants that. */
  readonly tainted?: 'maybe' | 'tried' | undefined
  /** The generation a resource refused last, and the refusal-driven renewals since the budget window began. */
  readonly refused?: { readonly gen: number; readonly renewals: number; readonly since: number } | undefined
  readonly lease?: Lease | undefined
  readonly cool?: Cool | undefined
}

export interface Lease {
  readonly fence: number
  readonly holder: string
  readonly until: number
  readonly base: number
  /** Fingerprint of the refresh token that is to be sent. */
  readonly spends?: string | undefined
}

export interface Cool {
  readonly until: number
  readonly step: number
  readonly class: FailureClass | 'refused'
  /** The code of the error that caused it. */
  readonly code: string
  readonly providerCode?: string | undefined
  readonly status?: number | undefined
  /** Fingerprint of the credential that was denied. */
  readonly denied?: string | undefined
  /** When an explicit demand last passed it. */
  readonly passedAt?: number | undefined
}

/** What a flight wants, gathered from those who wait for it. */
export interface Asks {
  /** Only a newer generation will do. */
  readonly after: number
  readonly minRemaining: number
  /** The generation that this process' resources refused; 0 = none. */
  readonly refused: number
  /** Renewal ahead of time: the window within which a token counts as due, else 0. */
  readonly ahead: number
  /** `after` is an explicit demand, not the consequence of a refusal. */
  readonly demanded: boolean
}

/** What does not change from one decision of a source to the next. */
export interface Self {
  readonly holder: string
  readonly traits: Traits
  readonly canRenew: boolean
  readonly budget: { readonly renewals: number; readonly per: number }
}

/** What a process knows besides the record. */
export interface Memory {
  /** The highest accepted generation seen, and its epoch. */
  readonly gen: number
  readonly epoch: number
  /** The highest fence seen. */
  readonly fence: number
  /** Fingerprint of this source's own credential under the record's salt. */
  readonly credential?: string | undefined
}

export interface View {
  readonly remaining: number
  readonly leased: boolean
  readonly cooling: boolean
}

export type Decision =
  | { readonly do: 'adopt' }
  | { readonly do: 'repair' }
  | { readonly do: 'settle'; readonly until: number }
  /** The refusal budget is spent. With `record`: swap it in first. */
  | { readonly do: 'dismiss'; readonly cool: Cool; readonly record?: TokenRecord }
  | { readonly do: 'cool'; readonly cool: Cool }
  | { readonly do: 'wait'; readonly lease: Lease; readonly until: number }
  | {
      readonly do: 'acquire'
      readonly record: TokenRecord
      readonly lease: Lease
      readonly path: Path
      readonly takesOver: boolean
      readonly taints: boolean
    }

export type Step =
  | { readonly step: 'extend'; readonly fence: number; readonly until: number }
  | { readonly step: 'release'; readonly fence: number }
  /** `generation`: from {@link admit}. `taint`: others may have had the refresh token from a record that is gone. */
  | {
      readonly step: 'commit'
      readonly fence: number
      readonly generation: number
      readonly answer: Committed
      readonly taint?: boolean
    }
  | { readonly step: 'fail'; readonly lease: Lease; readonly cool?: Cool | undefined; readonly taint: boolean }
  /** The provider called the refresh token invalid. */
  | { readonly step: 'spent'; readonly lease: Lease }
  | { readonly step: 'forget'; readonly now: number; readonly fence: number }
  | { readonly step: 'repair'; readonly known: TokenRecord }

/** The fields of a record that one answer of the provider determines. */
export type Committed = Pick<
  TokenRecord,
  'token' | 'issued' | 'until' | 'life' | 'spendable' | 'renewUntil' | 'primaryNext'
>

/** A record without token, for a key that has none. */
export function blankRecord(salt: string, memory: Pick<Memory, 'epoch' | 'fence'>): TokenRecord {
  return { format: recordFormat, epoch: memory.epoch, fence: memory.fence, gen: 0, salt, until: 0, life: 0 }
}

/** A stamp above every fence seen, rising with the store's clock even after the record was lost (engine.md 5.1). */
export function drawFence(record: TokenRecord | null, memory: Pick<Memory, 'fence'>, now: number): number {
  return Math.max((record?.fence ?? 0) + 1, memory.fence + 1, Math.floor(now))
}

/** What a record says at one instant. `sure`: an instant that has passed for certain, by which leases are judged. */
export function view(record: TokenRecord, now: number, sure = now): View {
  return {
    remaining: record.gen === 0 ? 0 : Math.max(0, Math.min(record.life, record.until - now)),
    leased: record.lease !== undefined && record.lease.until + graceMs > sure,
    cooling: record.cool !== undefined && record.cool.until > now,
  }
}

/** True where the record's token may be handed to whoever asks. */
export function meets(record: TokenRecord, now: number, asks: Asks): boolean {
  const { remaining } = view(record, now)
  if (record.gen <= Math.max(asks.after, asks.refused) || record.gen === record.refused?.gen) return false
  const state = freshness(remaining, record.life, asks.ahead, asks.minRemaining)
  return state === 'fresh' || (state === 'due' && asks.ahead === 0)
}

/**
 * Says what to do about a record; does none of it. Total: never throws.
 *
 * @param now - The store's clock, at most a round trip ahead: what may have ended counts as ended.
 * @param sure - The store's clock, at most a round trip behind: another's lease has ended when it surely has.
 */
export function decide(record: TokenRecord, now: number, asks: Asks, self: Self, memory: Memory, sure = now): Decision {
  if (record.epoch < memory.epoch) return { do: 'repair' }
  if (record.epoch === memory.epoch && record.gen < memory.gen) return { do: 'repair' }
  if (meets(record, now, asks)) return { do: 'adopt' }
  const { remaining, leased, cooling } = view(record, now, sure)
  const { traits, budget } = self
  const refusing = asks.refused > 0 && record.gen === asks.refused && record.refused?.gen !== record.gen
  const running = record.refused !== undefined && record.refused.since + budget.per > now
  const renewals = running ? record.refused.renewals : 0
  const others = leased && record.lease?.holder !== self.holder

  if (refusing) {
    const settled = (traits.settle ?? 0) - (record.life - remaining)
    if (settled > 0) return { do: 'settle', until: now + settled }
    if (cooling && record.cool?.class === 'refused') return { do: 'dismiss', cool: record.cool }
    if (renewals >= budget.renewals && !others) {
      const until = running ? record.refused.since + budget.per : now + budget.per
      if (cooling && record.cool && record.cool.until >= until) return { do: 'cool', cool: record.cool }
      const cool: Cool = { until, step: 0, class: 'refused', code: 'LATCHKEY_TOKEN_REJECTED' }
      return { do: 'dismiss', cool, record: { ...record, cool } }
    }
  }
  if (cooling && record.cool && !passes(record.cool, now, asks, memory)) return { do: 'cool', cool: record.cool }
  if (others && record.lease) {
    return { do: 'wait', lease: record.lease, until: record.lease.until + graceMs }
  }
  return acquire(
    record,
    now,
    asks,
    self,
    memory,
    refusing
      ? { gen: record.gen, renewals: renewals + 1, since: running ? record.refused.since : now }
      : record.refused,
  )
}

// Engine.md 6.4: who may ask although the key is cooling down.
function passes(cool: Cool, now: number, asks: Asks, memory: Memory): boolean {
  if (cool.class !== 'denied') return false
  if (cool.denied !== undefined && memory.credential !== undefined && cool.denied !== memory.credential) return true
  return asks.demanded && (cool.passedAt ?? -Infinity) + demandPassMs <= now
}

function acquire(
  record: TokenRecord,
  now: number,
  asks: Asks,
  self: Self,
  memory: Memory,
  refused: TokenRecord['refused'],
): Decision {
  const { traits, holder } = self
  const { spendable, lease: old } = record
  const taints = record.tainted === undefined && spendable !== undefined && old?.spends === spendable
  let tainted = record.tainted ?? (taints ? 'maybe' : undefined)
  const alive = record.renewUntil === undefined || record.renewUntil > now
  const clean = tainted === undefined || traits.replay === 'safe' || (traits.replay === 'grace' && tainted === 'maybe')
  const path: Path =
    self.canRenew && spendable !== undefined && !record.primaryNext && alive && clean ? 'renewal' : 'primary'
  if (path === 'renewal' && tainted && traits.replay === 'grace') tainted = 'tried'
  const fence = drawFence(record, memory, now)
  const lease: Lease = {
    fence,
    holder,
    until: Math.floor(now) + traits.longest + graceMs,
    base: record.gen,
    spends: path === 'renewal' ? spendable : undefined,
  }
  const passed = asks.demanded && record.cool && record.cool.until > now
  const cool = passed ? { ...record.cool, passedAt: now } : record.cool
  return {
    do: 'acquire',
    record: { ...record, born: record.born ?? fence, fence, tainted, refused, lease, cool },
    lease,
    path,
    takesOver: old !== undefined,
    taints,
  }
}

/**
 * Judges an answer against the record that it meets: the generation under which it may be committed, or 0.
 *
 * Holding the lease is no condition: a late answer that nobody overtook is kept (engine.md 6.8).
 */
export function admit(
  record: TokenRecord | null,
  answer: { readonly fence: number; readonly epoch: number; readonly issued?: number | undefined },
  exclusive: boolean,
  now: number,
  memory: Pick<Memory, 'fence'> & Partial<Memory>,
): number {
  const seen = { fence: Math.max(memory.fence, answer.fence) }
  if (record === null) return drawFence(record, seen, now)
  // It met the loss of its record. The newer record's own request will end an exclusive token; another may be kept.
  const outlived = answer.fence < (record.born ?? 0)
  if (record.epoch !== answer.epoch || (outlived && exclusive)) return 0
  const gen = memory.epoch === record.epoch ? Math.max(record.gen, memory.gen ?? 0) : record.gen
  const { issued } = record
  const byTime = exclusive && issued !== undefined && answer.issued !== undefined && issued !== answer.issued
  const newer = byTime ? answer.issued > issued : answer.fence > gen
  if (!newer) return 0
  return answer.fence > gen && !outlived ? answer.fence : drawFence(record, seen, now)
}

/** What a step makes of a record; `null` where it no longer applies and nothing is to be written. */
export function reduce(record: TokenRecord, step: Step): TokenRecord | null {
  const { lease } = record
  const without = (fence: number): Lease | undefined => (lease?.fence === fence ? undefined : lease)
  switch (step.step) {
    case 'extend':
      return lease?.fence === step.fence ? { ...record, lease: { ...lease, until: step.until } } : null
    case 'release':
      return lease?.fence === step.fence ? { ...record, lease: undefined } : null
    case 'commit':
      return {
        ...record,
        ...step.answer,
        gen: step.generation,
        born: record.born ?? step.generation,
        fence: Math.max(record.fence, step.generation),
        tainted: step.taint && step.answer.spendable !== undefined ? 'maybe' : undefined,
        cool: undefined,
        lease: without(step.fence),
      }
    case 'fail': {
      const held = lease?.fence === step.lease.fence
      const taint = step.taint && record.spendable !== undefined && record.spendable === step.lease.spends
      // A pause that the provider asked for holds, whoever has the lease now.
      const asked = step.cool?.class === 'throttled' && step.cool.until > (record.cool?.until ?? 0)
      if (!held && !taint && !asked) return null
      return {
        ...record,
        lease: without(step.lease.fence),
        cool: step.cool && (held || asked) ? step.cool : record.cool,
        tainted: record.tainted ?? (taint ? 'maybe' : undefined),
      }
    }
    case 'spent': {
      const same = record.spendable !== undefined && record.spendable === step.lease.spends
      if (!same && lease?.fence !== step.lease.fence) return null
      return {
        ...record,
        lease: without(step.lease.fence),
        ...(same ? { spendable: undefined, renewUntil: undefined, tainted: undefined } : {}),
      }
    }
    case 'forget':
      return {
        ...blankRecord(record.salt, { epoch: step.fence, fence: step.fence }),
        cool: record.cool?.class === 'throttled' ? record.cool : undefined,
      }
    case 'repair': {
      const { known } = step
      // Somebody forgot the key or committed meanwhile: what is known here is old news.
      if (record.epoch > known.epoch || (record.epoch === known.epoch && record.gen >= known.gen)) return null
      const forgotten = record.epoch < known.epoch
      // A record that was born again has lost the intents of its former life: one of them may have spent the token.
      const reborn = record.born !== known.born && known.spendable !== undefined
      return {
        ...known,
        tainted: reborn ? (known.tainted ?? 'maybe') : known.tainted,
        // What was committed in the epoch that came back is above every answer that was asked for before it.
        born: forgotten
          ? Math.max(known.fence, record.fence) + 1
          : Math.max(known.born ?? 0, record.born ?? 0) || undefined,
        fence: Math.max(known.fence, record.fence),
        lease: forgotten ? undefined : lease,
        cool: record.cool,
        refused: (known.refused?.gen ?? 0) > (record.refused?.gen ?? 0) ? known.refused : record.refused,
      }
    }
    default:
      return step satisfies never
  }
}

/** How long a record must be kept, in milliseconds (engine.md 5.3). */
export function keepMs(record: TokenRecord, now: number): number {
  return Math.max(record.until, record.renewUntil ?? 0, now) - now + dayMs
}

/** The least remaining life at which a just issued token may still be handed out. */
export function servableMs(life: number, minRemaining: number): number {
  return life === 0 ? minRemaining : Math.max(leewayMs(life), minRemaining)
}

/** Reads a stored value: `null` for what is not a record, `foreign` for a layout of another version. */
export function parseRecord(value: string): TokenRecord | 'foreign' | null {
  try {
    const found = JSON.parse(value) as Record<string, unknown> | null // Checked field by field below.
    if (typeof found !== 'object' || found === null) return null
    if (found['format'] !== recordFormat) return typeof found['format'] === 'number' ? 'foreign' : null
    const whole =
      fits(found, 'epoch fence gen until life', 'salt') &&
      fits(found, '?born ?issued ?renewUntil', '?token ?spendable ?tainted') &&
      part(found['lease'], 'fence until base', 'holder ?spends') &&
      part(found['cool'], 'until step ?status ?passedAt', 'class code ?providerCode ?denied') &&
      part(found['refused'], 'gen renewals since', '')
    return whole ? (found as unknown as TokenRecord) : null // Just checked.
  } catch {
    return null
  }
}

function part(value: unknown, numbers: string, texts: string): boolean {
  return (
    value === undefined ||
    (typeof value === 'object' && value !== null && fits(value as Record<string, unknown>, numbers, texts))
  ) // An object.
}

// Names of numbers and of texts; those after a question mark may be absent.
function fits(value: Record<string, unknown>, numbers: string, texts: string): boolean {
  const all = (names: string, ok: (found: unknown) => boolean): boolean =>
    names
      .split(' ')
      .every(
        (name) =>
          name === '' || ok(value[name.replace('?', '')]) || (name[0] === '?' && value[name.slice(1)] === undefined),
      )
  return all(numbers, Number.isFinite) && all(texts, (found) => typeof found === 'string')
}
