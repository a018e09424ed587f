/**
 * One Keycloak for all test files of the run. Where it cannot be had, the tests are told why, and skipped.
 *
 * @module
 */
import type { TestProject } from 'vitest/node'
import { findDistribution, keycloakVersion } from './distribution.ts'
import { startKeycloak } from './keycloak-process.ts'
import type { KeycloakAccess } from './keycloak-process.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly keycloak: KeycloakAccess | { readonly missing: string }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const found = await findDistribution()
  const keycloak = 'missing' in found ? found : await startKeycloak(found.home)
  if ('missing' in keycloak) {
    console.log(`The Keycloak tests are skipped: ${keycloak.missing}.`)
    project.provide('keycloak', keycloak)
    return () => Promise.resolve()
  }
  const { url, adminName, adminPassword, startedInMs } = keycloak
  console.log(`The Keycloak tests run against Keycloak ${keycloakVersion}, started in ${Math.round(startedInMs)} ms.`)
  project.provide('keycloak', { url, adminName, adminPassword })
  return async () => keycloak[Symbol.asyncDispose]()
}
