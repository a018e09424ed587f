/**
 * Just enough of the Redis protocol to ask a server that a test has started whether it is ready.
 *
 * @module
 */
import { once } from 'node:events'
import { connect } from 'node:net'

const answerMs = 2_000

/**
 * Sends each command on one new connection and gives the last one's answer: a simple string or the text of a bulk
 * string. Answers that are errors reject.
 */
export async function askRedis(port: number, commands: readonly (readonly string[])[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  const late = AbortSignal.timeout(answerMs)
  try {
    await once(socket, 'connect', { signal: late })
    let answer = ''
    for (const command of commands) {
      socket.write(
        `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
      )
      for (let received = ''; ;) {
        const [chunk] = (await once(socket, 'data', { signal: late })) as [Buffer] // No encoding was set.
        received += chunk.toString('latin1') // One character per byte, as the protocol counts.
        const whole = parse(received)
        if (whole === undefined) continue
        answer = whole
        break
      }
    }
    return answer
  } finally {
    socket.destroy()
  }
}

function parse(received: string): string | undefined {
  const lineEnd = received.indexOf('\r\n')
  if (lineEnd < 0) return undefined
  const line = received.slice(1, lineEnd)
  if (received.startsWith('-')) throw new Error(`Redis answered: ${line}`)
  if (!received.startsWith('$')) return line
  const [start, length] = [lineEnd + 2, Number(line)]
  return received.length < start + length + 2 ? undefined : received.slice(start, start + length)
}
