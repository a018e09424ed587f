/**
 * Lint rules: those that catch a bug, a secret global or a state that the compiler lets through. Layout is prettier's.
 *
 * @module
 */
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

// Only a clock reads the clock, and only the command reads the environment (STYLE sections 1 and 14).
const clockReads = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Take `now` or a Clock: only clock.ts reads the clock.',
  },
  {
    selector: "CallExpression[callee.object.name='performance'][callee.property.name='now']",
    message: 'Take `now` or a Clock: only clock.ts reads the clock.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take `now` or a Clock: only clock.ts reads the clock.',
  },
]
const nonErasable = [
  { selector: 'TSEnumDeclaration', message: 'Use a union or an `as const` table: types are erasable.' },
  { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'Use a module: types are erasable.' },
]
const environmentReads = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Take the value as an option: only the command reads the environment.',
}

/** Every suppression says why it is right: `eslint-disable-next-line rule -- reason`. */
const suppressionReason = {
  meta: { type: 'problem', schema: [], messages: { reason: 'Say why, after ` -- `.' } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const directive = /^\s*eslint-(disable|enable)/.test(comment.value)
          if (directive && !/\s--\s+\S/.test(comment.value)) context.report({ loc: comment.loc, messageId: 'reason' })
        }
      },
    }
  },
}

// The linter's own rules that find a mistake and not a taste.
const mistakes = Object.fromEntries(
  [
    'no-constant-binary-expression',
    'no-control-regex',
    'no-self-compare',
    'no-unsafe-finally',
    'no-useless-catch',
    'no-var',
  ].map((name) => [name, 'error']),
)

export default defineConfig(
  globalIgnores(['**/dist/', 'coverage/', 'docs/api/', 'bench/peers/', 'scripts/import-rules/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { latchkey: { rules: { 'suppression-reason': suppressionReason } } },
    rules: { 'latchkey/suppression-reason': 'error', eqeqeq: ['error', 'always'], ...mistakes },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // A union's switch closes with `default: return value satisfies never`.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      'no-restricted-syntax': ['error', ...nonErasable, ...clockReads],
      // What users pass from JavaScript is checked although the types say that it cannot happen.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // `() => store.clear()` is clearer than a block around it.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An interface method without `await` still answers with a promise.
      '@typescript-eslint/require-await': 'off',
      // `void call()` and `void flag` both say that a value is dropped on purpose.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // `Promise<void | Report>`: a grant may have nothing to say.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // An event without fields is a row of the table like any other.
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // Spread strings are option names and hex digits here, never text for people.
      '@typescript-eslint/no-misused-spread': 'off',
      // An abort rejects with the signal's own reason, whatever it is.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['packages/*/src/**'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...nonErasable, ...clockReads, environmentReads],
    },
  },
  {
    files: ['packages/cli/src/**'],
    rules: { 'no-console': 'off', 'no-restricted-syntax': ['error', ...nonErasable, ...clockReads] },
  },
  // A test that drew its own seed has to print it.
  { files: ['packages/testkit/src/chaos-store.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['packages/*/src/clock.ts', 'packages/testkit/src/virtual-clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...nonErasable, environmentReads] },
  },
  {
    files: ['**/test/**', 'e2e/**', 'bench/**', 'scripts/**', 'examples/**', '*.config.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...nonErasable],
      // Vitest's tests are named by strings and bodies that throw; a test double may be as loose as its story needs.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
