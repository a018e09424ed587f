/**
 * KSeF's own words about a failure: the client keeps them out of its messages, and who sits at the terminal needs them.
 *
 * @see spec/ksef.md section 1.7
 * @module
 */
import { KsefApiError } from '@latchkey/ksef'
import type { Explanation } from '../../providers/provider.ts'

export function explain(error: Error): Explanation | undefined {
  if (!(error instanceof KsefApiError)) return undefined
  const { codes, detail, reasonCode, security, traceId } = error
  return {
    lines: [
      ...codes.flatMap(({ code, description = '', details }) => [
        `${code} ${description}`.trimEnd(),
        ...details.map((each) => `  ${each}`),
      ]),
      ...(detail === undefined || codes.length > 0 ? [] : [detail]),
      ...Object.entries(security ?? {}).map(([name, value]) => `${name}: ${[value].flat().join(', ')}`),
    ],
    facts: { exceptions: codes, detail, reasonCode, security, traceId },
  }
}
