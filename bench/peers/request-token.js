/**
 * The token request for peers that cache whatever their user obtains: one plain `fetch`, the same for all of them.
 *
 * @module
 */

/** @param {import('../src/adapter.ts').Setting} setting */
export async function requestToken({ tokenUrl, clientId, clientSecret }) {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`The token endpoint answered ${answer.status}.`)
  return body
}
