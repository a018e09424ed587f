/**
 * Who may import whom: the one file that says it. The table below is the picture in STYLE section 2; every rule has a
 * planted violation under `scripts/import-rules/fixtures/`, and `scripts/test/import-rules.test.ts` proves that it fires.
 *
 * Paths are matched at any depth, so that the same rules read the planted trees.
 */

/** Which of our packages a package's sources may import. A new package needs a row; a test compares with the tree. */
export const arrows = {
  core: [],
  http: ['core'],
  stores: ['core'],
  daraja: ['core', 'http', 'stores'],
  etims: ['core', 'http', 'stores'],
  oauth2: ['core', 'http'],
  truphone: ['core', 'http', 'oauth2', 'stores'],
  ksef: ['core', 'http', 'stores'],
  simulator: [],
  cli: ['core', 'http', 'stores', 'daraja', 'etims', 'truphone', 'ksef', 'simulator'],
  testkit: ['core'],
}

/** Where the planted violations are; the test that reads them cruises without this exclusion. */
export const plantedPath = '^scripts/import-rules/fixtures/'

/** Rooms of a provider client that may read the provider's own words. */
const wireReaders = ['wire', 'auth', 'operations', 'callbacks']

const source = (name) => `(^|/)packages/${name}/src/`
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

const arrowRules = Object.entries(arrows).map(([name, allowed]) => ({
  name: `${name}-imports-only-what-its-arrow-allows`,
  comment: allowed.length === 0 ? `${name} imports nothing of ours.` : `${name} imports ${allowed.join(', ')}.`,
  severity: 'error',
  from: { path: source(name) },
  to: { path: `(^|/)packages/(?!(${[name, ...allowed].join('|')})/)[^/]+/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrowRules,
    {
      name: 'core-uses-no-builtin',
      comment: 'The engine also runs where only web standards exist (engine.md 1.1).',
      severity: 'error',
      from: { path: source('core') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-uses-no-package',
      comment: 'The engine has no runtime dependencies (engine.md 1.1).',
      severity: 'error',
      from: { path: source('core') },
      to: { dependencyTypes: npm },
    },
    {
      name: 'clients-take-the-file-store-alone',
      comment: 'Clients offer a directory; every other store is handed to them (docs/decisions/0012).',
      severity: 'error',
      from: { path: '(^|/)packages/(daraja|etims|truphone|ksef)/src/' },
      to: { path: '(^|/)packages/stores/src/(?!file(\\.ts|/))' },
    },
    {
      name: 'wire-stays-behind-its-rooms',
      comment: 'A provider spells its own words in wire/; one decoding function turns them into ours.',
      severity: 'error',
      from: { path: '(^|/)packages/([^/]+)/src/', pathNot: `(^|/)packages/[^/]+/src/(${wireReaders.join('|')})/` },
      to: { path: '(^|/)packages/$2/src/wire/' },
    },
    {
      name: 'packages-meet-at-published-names',
      comment: 'A relative path into another package goes around its exports.',
      severity: 'error',
      from: { path: '(^|/)packages/([^/]+)/' },
      to: {
        path: '(^|/)packages/(?!$2/)[^/]+/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'programs-use-published-names',
      comment: 'Examples, measurements and end-to-end tests stand where a user stands.',
      severity: 'error',
      from: { path: '(^|/)(examples|bench|e2e)/', pathNot: '(^|/)packages/' },
      to: { path: '(^|/)packages/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'sources-never-import-tests',
      comment: 'Published code must not reach what is not published.',
      severity: 'error',
      from: { path: '(^|/)packages/[^/]+/src/' },
      to: { path: '(^|/)packages/[^/]+/test/|^(e2e|examples|bench|scripts)/(?!import-rules/)' },
    },
    {
      name: 'sources-use-declared-packages',
      comment: 'A development dependency, or one that the package does not declare, is missing at a user.',
      severity: 'error',
      from: { path: '(^|/)packages/[^/]+/src/' },
      // Optional peers are installed here for the tests, and by a user who wants what they are for.
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one idea in two places. Types alone may point both ways.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-build-output',
      comment: 'Resolving to dist means that the source condition was lost, and that the other rules look elsewhere.',
      severity: 'error',
      from: { pathNot: '(^|/)bin/' },
      to: { path: '(^|/)packages/[^/]+/dist/' },
    },
    {
      name: 'everything-resolves',
      comment: 'What does not resolve is seen by no other rule: a missing file, or a path that is not exported.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|(^|/)dist/' },
    exclude: { path: plantedPath },
    // Type imports count: a type from the wrong place is a dependency of the published declarations.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@latchkey/source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
}
