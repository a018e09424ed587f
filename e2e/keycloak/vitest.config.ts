import { defineConfig } from 'vitest/config'

// Real authorization servers. `--project oidc-provider` needs nothing but npm; `--project keycloak` needs Java, Maven
// and, the first time, the network. They drive what was built; with NODE_OPTIONS=--conditions=@latchkey/source the
// sources.
const source = '@latchkey/source'
const conditions = process.env['NODE_OPTIONS']?.includes(source) === true ? [source] : undefined
const resolution = conditions && {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
}

const shared = {
  root: new URL('../..', import.meta.url).pathname,
  environment: 'node',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  fileParallelism: false,
} as const

export default defineConfig({
  test: {
    projects: [
      {
        ...resolution,
        test: { ...shared, name: 'oidc-provider', include: ['e2e/keycloak/oidc-provider.e2e.test.ts'] },
      },
      {
        ...resolution,
        test: {
          ...shared,
          name: 'keycloak',
          include: ['e2e/keycloak/*.e2e.test.ts'],
          exclude: ['e2e/keycloak/oidc-provider.e2e.test.ts'],
          globalSetup: [new URL('harness/global-setup.ts', import.meta.url).pathname],
        },
      },
    ],
  },
})
