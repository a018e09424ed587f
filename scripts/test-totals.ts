/**
 * Sums up the JSON reports of several test runs in one plain line, `NNN passed, 0 failed`, for the end of a log.
 *
 * Usage: `tsx scripts/test-totals.ts REPORT…`. Fails where a test failed, a report is missing, or nothing was run.
 *
 * @module
 */
import { readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
}

// Vitest writes these fields (its JSON reporter, version 4.1).
const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as Report)
const sum = (field: keyof Report): number => reports.reduce((total, report) => total + report[field], 0)
const [passed, failed, skipped] = [sum('numPassedTests'), sum('numFailedTests'), sum('numPendingTests')]
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (failed > 0 || sum('numFailedTestSuites') > 0 || !(passed > 0)) process.exitCode = 1
