/**
 * Notices from the stated lifetimes that a server-side login is about to end. Apart because it is the one thing that a
 * grant remembers.
 *
 * @see spec/truphone.md section 12.7, engine.md 6.10a
 * @module
 */

/** The lifetimes of one answer, as stated: seconds as a number or numeric text, or anything else. */
export interface StatedLifetimes {
  readonly expiresIn: unknown
  readonly refreshExpiresIn: unknown
}

/** Says of each renewal whether the next one is better a new login. */
export interface LoginWatch {
  /** A new login: its lifetimes are the full ones. */
  begun(stated: StatedLifetimes): void
  /** A renewal. True: the login ends before the tokens would. */
  endsSoon(stated: StatedLifetimes): boolean
}

/** Compares with the largest lifetimes of the present login, so that short ones are no reason by themselves. */
export function watchLogin(): LoginWatch {
  let full = { access: 0, refresh: 0 }
  return {
    begun({ expiresIn, refreshExpiresIn }) {
      full = { access: seconds(expiresIn), refresh: seconds(refreshExpiresIn) }
    },
    endsSoon({ expiresIn, refreshExpiresIn }) {
      const now = { access: seconds(expiresIn), refresh: seconds(refreshExpiresIn) }
      full = { access: Math.max(full.access, now.access), refresh: Math.max(full.refresh, now.refresh) }
      const refreshShrank = now.refresh > 0 && now.refresh < full.refresh && now.refresh < 2 * now.access
      return refreshShrank || (now.access > 0 && now.access < full.access / 2)
    },
  }
}

// Zero where nothing is stated, and where zero is: neither says anything about the login.
function seconds(value: unknown): number {
  const number = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : 0
  return Number.isFinite(number) && number > 0 ? number : 0
}
