/**
 * The rules for addresses that Safaricom calls back. A wrong one is accepted or refused without explanation, so
 * it is checked here first.
 *
 * @see spec/daraja.md section 4.3
 * @module
 */

/** `error`: Daraja refuses it or cannot reach it. `warning`: it may be refused, or works and is unwise. */
export interface CallbackUrlProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
}

/** Where a callback URL is going to be used. */
export interface CallbackUrlUse {
  readonly environment: 'sandbox' | 'production'
  /** `c2b`: registered once per shortcode, where the forbidden words are enforced in production. @default 'request' */
  readonly purpose?: 'request' | 'c2b'
  /** The API is a server on this machine (a simulator), which can call private addresses. @default false */
  readonly localApi?: boolean
}

const forbiddenWords = ['m-pesa', 'mpesa', 'safaricom', 'exec', 'exe', 'cmd', 'sql', 'query']
const tunnels = ['ngrok', 'mockbin', 'requestbin', 'webhook.site', 'localtunnel', 'trycloudflare']
const lengthMax = 2048 // No limit is documented; anything longer is a mistake.

/** Everything that is wrong with a callback URL, in no particular order; an empty list means nothing is. */
export function checkCallbackUrl(url: unknown, use: CallbackUrlUse): readonly CallbackUrlProblem[] {
  if (typeof url !== 'string' || url === '') return [error('must be a URL')]
  if (/\s/.test(url)) return [error('must not contain spaces')]
  if (url.length > lengthMax) return [error(`must not be longer than ${lengthMax} characters`)]
  if (!URL.canParse(url)) return [error('must be an absolute URL')]
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return [error('must be an http or https URL')]
  if (parsed.username !== '' || parsed.password !== '') return [error('must not contain a user name or password')]
  if (use.localApi) return []
  return [...reach(parsed, use), ...wording(url, use), ...habits(url, parsed)]
}

/** True for `localhost` and addresses that only this machine or its own network can reach. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal')) {
    return true
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) {
    const [a = 0, b = 0] = host.split('.').map(Number)
    if (a === 0 || a === 10 || a === 127 || a >= 224) return true
    return (
      (a === 172 && b >= 16 && b <= 31) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b <= 127)
    )
  }
  if (host.includes(':')) return host === '::' || host === '::1' || /^(f[cd]|fe[89ab]|::ffff:)/.test(host)
  return !host.includes('.')
}

function reach(url: URL, use: CallbackUrlUse): CallbackUrlProblem[] {
  const problems: CallbackUrlProblem[] = []
  const production = use.environment === 'production'
  if (url.protocol === 'http:') {
    problems.push(production ? error('must be https in production') : warning('is http, which production refuses'))
  }
  if (isPrivateHost(url.hostname)) problems.push(error('must be reachable from the internet, not a local address'))
  if (tunnels.some((word) => url.hostname.includes(word))) {
    const text = 'is a public tunnel or request bin, which Safaricom usually blocks'
    problems.push(production ? error(text) : warning(text))
  }
  return problems
}

// The rule was written for C2B registration; many STK users with such a word in their path have no problem.
function wording(url: string, use: CallbackUrlUse): CallbackUrlProblem[] {
  const found = forbiddenWords.filter((word) => url.toLowerCase().includes(word))
  if (found.length === 0) return []
  const text = `contains ${found.map((word) => `"${word}"`).join(', ')}, which Safaricom forbids in callback URLs`
  return [use.purpose === 'c2b' && use.environment === 'production' ? error(text) : warning(text)]
}

function habits(text: string, url: URL): CallbackUrlProblem[] {
  const problems: CallbackUrlProblem[] = []
  if (/[A-Z]/.test(text)) problems.push(warning('has upper-case letters, which have been refused'))
  if (url.search !== '') problems.push(warning('has a query string, which is not documented: use path segments'))
  if (url.port !== '') problems.push(warning('has a port of its own; standard ports are preferred'))
  return problems
}

function error(message: string): CallbackUrlProblem {
  return { severity: 'error', message }
}

function warning(message: string): CallbackUrlProblem {
  return { severity: 'warning', message }
}
