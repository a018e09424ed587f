/**
 * The worker program of a fleet on a real authorization server, as one plain JavaScript file.
 *
 * @module
 */
import { programIn } from '../../fleet/harness/program.ts'

/** The path of the program, made anew by each test process. */
export const workerProgram = programIn(new URL('../', import.meta.url))
