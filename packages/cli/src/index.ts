/**
 * The command as a library: for tests, and for programs that embed it.
 *
 * @module
 */
export type { Io } from './io.ts'
export { run } from './program.ts'
