/**
 * Packs every package, installs the packed files together in an empty project and uses them there as a user would:
 * what is missing from `files`, `exports` or `dependencies` is invisible inside the workspace.
 *
 * Needs a build, and the registry for the packages of others.
 *
 * @module
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { runCommand } from './pack-check/run-command.ts'
import { typeProblems } from './pack-check/consumer-types.ts'
import { footprint } from './pack-check/footprint.ts'
import { contentProblems } from './pack-check/packed-files.ts'
import type { PackedPackage } from './pack-check/packed-files.ts'
import type { PublishedPackage } from './workspace.ts'
import { publishedPackages, root } from './workspace.ts'

const packages = publishedPackages()
const project = mkdtempSync(join(tmpdir(), 'latchkey-pack-'))
let failures = 0

try {
  const packed = await Promise.all(packages.map(pack))
  for (const each of packed) await check(`contents of ${each.name}`, () => contentProblems(each))
  for (const each of packed) await check(`publint ${each.name}`, () => lintPackage(each))
  for (const each of packed) await check(`attw ${each.name}`, () => resolvesEverywhere(each))
  await check('install in an empty project', () => install(packed))
  await check('footprint', () => footprint(project))
  for (const each of packages) {
    for (const path of importPaths(each)) await check(`import ${path}`, () => importsAlone(path))
  }
  for (const resolution of ['nodenext', 'bundler'] as const) {
    const paths = packages.flatMap(importPaths)
    await check(`types under ${resolution}`, () => typeProblems(project, resolution, paths))
  }
  for (const { commands, version } of packages) {
    for (const command of commands) await check(`npx ${command} --version`, () => saysItsVersion(command, version))
  }
  await check('size', async () => (await runCommand('size-limit', [], root)).problems)
} finally {
  rmSync(project, { recursive: true, force: true })
}
console.log(failures === 0 ? 'Every package can be installed and used.' : `${failures} failed.`)
process.exitCode = failures === 0 ? 0 : 1

/** Runs one check and prints its line. Problems are lines of text; none means passed. */
async function check(name: string, find: () => Promise<readonly string[]> | readonly string[]): Promise<void> {
  const began = performance.now()
  const problems = await find()
  const time = `${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s`
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${time}  ${name}`)
  for (const problem of problems) console.log(`             ${problem.replaceAll('\n', '\n             ')}`)
  if (problems.length > 0) failures += 1
}

async function pack({ folder, name }: PublishedPackage): Promise<PackedPackage> {
  const source = join(root, 'packages', folder)
  const { code, output } = await runCommand('npm', ['pack', '--json', '--pack-destination', project], source)
  if (code !== 0) throw new Error(`npm pack failed for ${name}:\n${output}`)
  // What npm prints for --json: an array with one description.
  const [description] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }]
  const tarball = join(project, description.filename.replace('@', '').replace('/', '-'))
  return { name, tarball, files: description.files.map(({ path }) => path) }
}

async function lintPackage({ tarball }: PackedPackage): Promise<string[]> {
  const bytes = readFileSync(tarball)
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: archive }, strict: true })
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code)
}

async function resolvesEverywhere({ tarball }: PackedPackage): Promise<readonly string[]> {
  const options = ['--profile', 'esm-only', '--no-emoji', '--no-color', '--format', 'ascii']
  return (await runCommand('attw', [tarball, ...options], root)).problems
}

async function install(packed: readonly PackedPackage[]): Promise<readonly string[]> {
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n')
  cpSync(join(root, 'scripts/pack-check/consumer.ts'), join(project, 'consumer.ts'))
  // The declarations speak of `Headers` and `AbortSignal`, which a program for Node has from here.
  const nodeTypes = `@types/node@${installedVersion('@types/node')}`
  const options = ['install', '--no-audit', '--no-fund', '--prefer-offline', nodeTypes]
  return (await runCommand('npm', [...options, ...packed.map(({ tarball }) => tarball)], project)).problems
}

async function importsAlone(path: string): Promise<readonly string[]> {
  // A second time with require(), which opens ES modules from Node 20.19 on.
  const program = `
    const names = Object.keys(await import(${JSON.stringify(path)}))
    if (names.length === 0) throw new Error('it exports nothing')
    const { createRequire } = await import('node:module')
    createRequire(import.meta.url)(${JSON.stringify(path)})`
  const { problems, output } = await runCommand(
    'node',
    ['--input-type=module', '--no-warnings', '-e', program],
    project,
  )
  return problems.length === 0 && output !== '' ? [`prints on import: ${output}`] : problems
}

async function saysItsVersion(command: string, version: string): Promise<readonly string[]> {
  const { problems, output } = await runCommand('npx', ['--no-install', command, '--version'], project)
  return problems.length > 0 || output.trim() === version ? problems : [`says "${output.trim()}", not "${version}"`]
}

function importPaths({ name, entries }: PublishedPackage): string[] {
  return entries.map(({ path }) => (path === '.' ? name : `${name}/${path.slice(2)}`))
}

function installedVersion(name: string): string {
  const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version // Every installed package has one.
}
