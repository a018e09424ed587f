/**
 * What became of a token and its login when the server was told to end them.
 *
 * @see engine.md section 8.2
 * @module
 */
import type { RevokeReport, TokenFate } from '@latchkey/core'
import { exitOf, ReportedFailure } from './failure.ts'
import type { CommonOptions, Io } from './io.ts'
import { json } from './output.ts'

/**
 * @param whose - Names it in the document.
 * @param heading - Says to people that it is forgotten: whole lines.
 * @throws {ReportedFailure} The server did not confirm it. It is forgotten all the same.
 */
export async function showRevoked(
  { access, refresh }: RevokeReport,
  whose: object,
  heading: string,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  if (options.json) io.out(json({ ...whose, forgotten: true, access, refresh }))
  else {
    const told = refresh.fate === 'absent' ? '' : `Refresh token: ${wordsFor(refresh)}\n`
    io.out(`${heading}Access token: ${wordsFor(access)}\n${told}`)
  }
  const failed = [access, refresh].find((each) => each.fate === 'failed')
  if (failed?.fate === 'failed') throw new ReportedFailure(await exitOf(failed.reason))
}

function wordsFor(fate: TokenFate): string {
  switch (fate.fate) {
    case 'absent':
      return 'there was none.'
    case 'revoked':
      return 'the server has ended it.'
    case 'notSupported':
      return 'this provider has no way to end one; it lives until it expires or a newer one takes its place.'
    case 'remains':
      return `its login is ended, but it is accepted until ${new Date(fate.until).toISOString()}.`
    case 'failed':
      return `the server did not confirm its end (${fate.reason}). It may be accepted until it expires.`
    default:
      return fate satisfies never
  }
}
