/**
 * Finds the operation and the face of a path. Every spelling is taken on both faces; the base path decides how the
 * answer is wrapped and what the caller must show.
 *
 * @see spec/etims.md sections 1.3 and 10
 * @module
 */
import type { Operation } from './operation.ts'
import { branchRecords } from './operations/branch-records.ts'
import { imports } from './operations/imports.ts'
import { initialize } from './operations/initialize.ts'
import { items } from './operations/items.ts'
import { lookups } from './operations/lookups.ts'
import { purchases } from './operations/purchases.ts'
import { saleReads } from './operations/sale-reads.ts'
import { saveSale } from './operations/sales.ts'
import { stock } from './operations/stock.ts'
import type { Face } from './switches.ts'

/** The 24 operations. */
export const operations: readonly Operation[] = [
  initialize,
  ...lookups,
  ...branchRecords,
  ...items,
  ...imports,
  saveSale,
  ...saleReads,
  ...purchases,
  ...stock,
]

/** Where the token endpoint is. */
export const tokenPath = '/v1/token/generate'

/** Where the QR code of a receipt points. */
export const receiptPath = '/common/link/etims/receipt/indexEtimsReceiptData'

const directBase = '/etims-api'
const gatewayBase = '/etims-oscu/api/v1'

const bySpelling = new Map(operations.flatMap((operation) => operation.paths.map((path) => [path, operation] as const)))

/** What a path means. */
export type Route =
  | { readonly is: 'token' | 'receiptPage' }
  | { readonly is: 'liveness' }
  | { readonly is: 'operation'; readonly operation: Operation; readonly face: Face; readonly path: string }
  | { readonly is: 'unknown'; readonly face: Face }

/** Reads a path below the prefix. The direct face is also there without its base path. */
export function routeOf(path: string): Route {
  if (path === tokenPath) return { is: 'token' }
  if (path === receiptPath) return { is: 'receiptPage' }
  if (path === '/' || path === directBase || path === gatewayBase) return { is: 'liveness' }
  const isGateway = path.startsWith(`${gatewayBase}/`)
  const face = isGateway ? 'gateway' : 'direct'
  const base = isGateway ? gatewayBase : path.startsWith(`${directBase}/`) ? directBase : ''
  const below = path.slice(base.length + 1)
  const operation = bySpelling.get(below)
  return operation === undefined ? { is: 'unknown', face } : { is: 'operation', operation, face, path: below }
}

/** The name of what is at a path, for faults and the log. */
export function nameAt(path: string): string | null {
  const route = routeOf(path)
  if (route.is === 'operation') return route.operation.name
  return route.is === 'unknown' ? null : route.is
}
