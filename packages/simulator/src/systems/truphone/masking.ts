/**
 * Takes secrets out of what the log keeps by their value: client secrets, tokens and activation codes.
 *
 * @see spec/truphone.md sections 3.4, 14.7
 * @module
 */
import { type MaskText, masked } from '../../masking.ts'
import { clients } from './credentials.ts'
import type { World } from './world.ts'

const secrets = [...clients.values()].flatMap(({ clientId, clientSecret }) => [
  ...[clientSecret, encodeURIComponent(clientSecret), new URLSearchParams({ s: clientSecret }).toString().slice(2)],
  Buffer.from(`${clientId}:${clientSecret}`).toString('base64'),
])

/** Makes the function that masks. */
export function createMask(world: World): MaskText {
  return (text) =>
    secrets
      .reduce((rest, secret) => rest.replaceAll(secret, masked), text)
      .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, masked) // A JWT, ours or not.
      .replaceAll(/[A-Za-z0-9]{64}/g, (run) => (world.realm.refresh.has(run) ? masked : run))
      .replaceAll(/[A-Z]-[A-Z0-9]{5}-[A-Z0-9]{6}/g, masked)
}
