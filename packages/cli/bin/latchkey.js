#!/usr/bin/env node
// Starts the built command, or in a clone whose sources are newer than their build, or have none, the sources. Committed as
// JavaScript, so that the link which npm makes at install time works at once and npx never has to ask a registry.
import { register } from 'node:module'
import { isCurrent } from './current.js'

const built = new URL('../dist/main.js', import.meta.url)

if (isCurrent(built)) {
  await import(built.href)
} else {
  const { register: registerTypeScript } = await import('tsx/esm/api')
  registerTypeScript()
  register('./sources.js', import.meta.url)
  await import(new URL('../src/main.ts', import.meta.url).href)
}
