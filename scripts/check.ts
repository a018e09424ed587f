/**
 * Runs what must pass before a commit, cheapest first, one line per step; stops at the first step that fails.
 *
 * `--all` goes on after a failure. `--only a,b` and `--without a,b` choose steps. `--fix` repairs what can be repaired
 * without a decision: layout, lint, generated files.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { root } from './workspace.ts'

interface Step {
  readonly name: string
  readonly run: string
  /** Instead of `run` with `--fix`. */
  readonly fix?: string
  /** Takes long and needs nothing of the others: begun with the first step and told in its turn. */
  readonly isBegunEarly?: true
}

const steps: readonly Step[] = [
  { name: 'format', run: 'prettier --check --log-level warn .', fix: 'prettier --write --log-level warn .' },
  { name: 'imports', run: 'tsx scripts/import-rules.ts' },
  { name: 'diagram', run: 'tsx scripts/docs-diagram.ts --check', fix: 'tsx scripts/docs-diagram.ts' },
  { name: 'unused', run: 'knip --no-progress' },
  { name: 'build', run: 'npm run --silent build' },
  { name: 'types', run: 'tsc -p tsconfig.check.json' },
  { name: 'documents', run: 'tsx scripts/docs-check.ts' },
  { name: 'api', run: 'tsx scripts/api-report.ts --check', fix: 'tsx scripts/api-report.ts' },
  { name: 'tests', run: 'vitest run --reporter=dot' },
  { name: 'lint', run: 'eslint .', fix: 'eslint --fix .', isBegunEarly: true },
]

const [only, without] = [chosen('--only'), chosen('--without') ?? []]
const goOn = process.argv.includes('--all')
const fixing = process.argv.includes('--fix')
const failed: string[] = []
const startedAt = performance.now()
const stopping = new AbortController()
const due = steps.filter(({ name }) => !without.includes(name) && (only === undefined || only.includes(name)))
const early = new Map(due.filter((step) => step.isBegunEarly && !fixing).map((step) => [step, run(step.run)]))
for (const step of due) {
  const { code, output, took } = await (early.get(step) ?? run(fixing ? (step.fix ?? step.run) : step.run))
  const passed = code === 0
  console.log(`${passed ? 'ok  ' : 'FAIL'}  ${step.name.padEnd(10)} ${seconds(took)}`)
  if (passed) continue
  console.log(`\n${output.trimEnd()}\n\nFailed: ${step.name}. Alone: npm run check -- --only ${step.name}\n`)
  failed.push(step.name)
  if (!goOn) break
}
stopping.abort() // What was begun early and is not wanted any more.
console.log(
  failed.length === 0
    ? `All steps passed in ${seconds(performance.now() - startedAt).trim()}.`
    : `Failed: ${failed.join(', ')}.`,
)
process.exitCode = failed.length === 0 ? 0 : 1

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1).padStart(6)} s`
}

function chosen(option: string): string[] | undefined {
  const at = process.argv.indexOf(option)
  if (at < 0) return undefined
  const names = (process.argv[at + 1] ?? '').split(',')
  const unknown = names.filter((name) => !steps.some((step) => step.name === name))
  if (unknown.length > 0) {
    console.error(`${option}: no step "${unknown.join(', ')}". Steps: ${steps.map(({ name }) => name).join(', ')}.`)
    process.exit(2)
  }
  return names
}

/** Runs one command line of the table above and keeps what it prints. The npm script has put our commands on the path. */
async function run(commandLine: string): Promise<{ code: number; output: string; took: number }> {
  const began = performance.now()
  const child = spawn(`exec ${commandLine}`, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  stopping.signal.addEventListener('abort', () => child.kill())
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })
  return { code, output: Buffer.concat(chunks).toString('utf8'), took: performance.now() - began }
}
