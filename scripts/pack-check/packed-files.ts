/**
 * Looks at what a packed package contains.
 *
 * @module
 */

/** One package as `npm pack` made it. */
export interface PackedPackage {
  readonly name: string
  readonly tarball: string
  readonly files: readonly string[]
}

const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

/** One line per file that is missing, left over from an earlier build, or none of a user's business. */
export function contentProblems({ files }: PackedPackage): string[] {
  const present = new Set(files)
  const missing = required.filter((name) => !present.has(name)).map((name) => `${name} is missing`)
  const stray = files.filter((name) => /(^|\/)(test|coverage)\/|\.tsbuildinfo$|\.test\./.test(name))
  const orphans = files.filter((name) => {
    // Declarations are written file by file; the JavaScript is bundled, and its folder is emptied by the build itself.
    const [, path] = /^dist\/(.+?)\.d\.ts(?:\.map)?$/.exec(name) ?? []
    return path !== undefined && !present.has(`src/${path}.ts`)
  })
  return [
    ...missing,
    ...stray.map((name) => `${name} should not be packed`),
    ...orphans.map((name) => `${name} has no source any more: run npm run clean and build again`),
  ]
}
