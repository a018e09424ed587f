/**
 * What people write around proper-lockfile: the token in a file that all processes read, and a lock around renewing
 * it. Whoever gets the lock reads the file again, since the one before may have renewed the token.
 *
 * The lock is used with its defaults (stale after 10 s, updated every 5 s), and with enough retries to outlast a lock
 * whose holder has died. Within a process callers share one renewal, and what was read is kept until it runs out or is
 * refused.
 *
 * @module
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import lockfile from 'proper-lockfile'
import { requestToken } from './request-token.js'

const retries = { retries: 60, minTimeout: 25, maxTimeout: 250, factor: 1.5 }

/** @param {import('../src/adapter.ts').Setting} setting */
export function create(setting) {
  const path = join(setting.shared.place.directory, 'token.json')
  let held
  let renewal

  const isUsable = (token, refused) => token !== undefined && token.expiresAt > Date.now() && token.text !== refused

  async function read() {
    const text = await readFile(path, 'utf8').catch(() => undefined) // Not there before the first token.
    return text === undefined ? undefined : JSON.parse(text)
  }

  async function renew(refused) {
    const found = await read()
    if (isUsable(found, refused)) return found
    const release = await lockfile.lock(path, { retries, realpath: false })
    try {
      const renewed = await read()
      if (isUsable(renewed, refused)) return renewed
      const answer = await requestToken(setting)
      const token = { text: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 }
      await writeFile(`${path}.${process.pid}`, JSON.stringify(token), { mode: 0o600 })
      await rename(`${path}.${process.pid}`, path)
      return token
    } finally {
      await release()
    }
  }

  async function get(refused) {
    while (!isUsable(held, refused)) {
      renewal ??= renew(refused).finally(() => (renewal = undefined))
      held = await renewal
    }
    return held.text
  }

  async function send(token) {
    const answer = await fetch(setting.resourceUrl, { headers: { authorization: `Bearer ${token}` } })
    await answer.text()
    return answer.status
  }

  return {
    get: () => get(),
    tokenOf: (token) => token,
    async call() {
      const token = await get()
      const status = await send(token)
      return status === 401 ? send(await get(token)) : status
    },
  }
}
