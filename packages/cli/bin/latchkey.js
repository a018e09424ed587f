#!/usr/bin/env node
// Starts the built command, or in a clone without a build the sources. Committed as JavaScript, so that the link
// which npm makes at install time works at once and npx never has to ask a registry.
import { existsSync } from 'node:fs'
import { register } from 'node:module'

const built = new URL('../dist/main.js', import.meta.url)

if (existsSync(built)) {
  await import(built.href)
} else {
  const { register: registerTypeScript } = await import('tsx/esm/api')
  registerTypeScript()
  register('./sources.js', import.meta.url)
  await import(new URL('../src/main.ts', import.meta.url).href)
}
