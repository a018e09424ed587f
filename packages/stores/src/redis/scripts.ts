/**
 * The two scripts that read and swap a record, and what their answers mean. Each runs as one step on the server and
 * gives the server's time with its answer.
 *
 * A record is one string, `lk1:<etag>:<value>`, the etag being 32 hexadecimal digits that its writer drew. Anything else
 * under the key is given as it is, under an etag that stands for exactly that content, so that the engine reports it
 * (`store.corrupt`) and only a commit replaces it.
 *
 * @see engine.md sections 9.1, 9.2 and 9.8
 * @module
 */
import { StoreError } from '@latchkey/core'
import type { Reading } from '@latchkey/core'

// The time is put together as text, since a Lua number of this size would come out as 1.7e+12. Whatever fails but
// finding something other than a string (MASTERDOWN, say) is the answer.
const look = `
local time = redis.call('TIME')
local now = time[1] .. string.sub('000000' .. time[2], -6, -4)
local raw = redis.pcall('GET', KEYS[1])
local etag, value = '', ''
if type(raw) == 'string' then
  local drawn, start = string.match(raw, '^lk1:(' .. string.rep('%x', 32) .. '):()')
  if drawn then
    etag, value = drawn, string.sub(raw, start)
  else
    etag, value = 'sha1:' .. redis.sha1hex(raw), raw
  end
elseif raw then
  if not string.find(raw.err, 'WRONGTYPE', 1, true) then return raw end
  local kind = redis.call('TYPE', KEYS[1]).ok
  etag, value = 'type:' .. kind, 'a Redis ' .. kind
end
`

/** KEYS: the record. */
export const readScript = `${look}
return { 'found', now, etag, value }
`

/**
 * KEYS: the record. ARGV: the etag that must be there (empty: no record), the new etag, the value, the milliseconds to
 * keep it (empty: for ever), the channel of notices.
 *
 * A client may send a script twice, where the connection was lost before the answer came. The second run finds the new
 * etag and knows that the first one was its own. It writes again all the same, so that a `WAIT` after it has a write of
 * this connection to wait for. A notice that may not be published is no reason to fail after the write.
 */
export const swapScript = `${look}
if etag ~= ARGV[1] and etag ~= ARGV[2] then return { 'found', now, etag, value } end
local record = 'lk1:' .. ARGV[2] .. ':' .. ARGV[3]
if ARGV[4] == '' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'PX', ARGV[4])
end
redis.pcall('PUBLISH', ARGV[5], ARGV[2])
return { 'done', now }
`

/**
 * What {@link readScript} returned.
 *
 * @throws {StoreError} `LATCHKEY_STORE_UNSUPPORTED`: the connection gives something else.
 */
export function parseReading(answer: unknown): Reading {
  const [kind, time, etag, value] = texts(answer)
  const now = Number(time)
  if (kind !== 'found' || !(now > 0) || etag === undefined || value === undefined) throw malformed()
  return etag === '' ? { etag: null, value: null, now } : { etag, value, now }
}

/**
 * What {@link swapScript} returned: the time of the swap, or what was there instead.
 *
 * @throws {StoreError} As {@link parseReading}.
 */
export function parseSwapped(answer: unknown): number | Reading {
  const [kind, time] = texts(answer)
  if (kind !== 'done') return parseReading(answer)
  if (!(Number(time) > 0)) throw malformed()
  return Number(time)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Clients may be set to give texts as bytes. */
function texts(answer: unknown): readonly (string | undefined)[] {
  if (!Array.isArray(answer)) throw malformed()
  return answer.map((part: unknown) =>
    part instanceof Uint8Array ? utf8.decode(part) : typeof part === 'string' ? part : undefined,
  )
}

function malformed(): StoreError {
  const message = 'The Redis connection did not answer what the script returns, a list of texts. Check its functions.'
  return new StoreError('LATCHKEY_STORE_UNSUPPORTED', message)
}
