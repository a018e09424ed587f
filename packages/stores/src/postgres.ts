/**
 * Shares records between all hosts that use one PostgreSQL database.
 *
 * @module
 */
export { postgresStore } from './postgres/store.ts'
export type { PostgresStoreOptions, Query } from './postgres/store.ts'
export { postgresMigration } from './postgres/statements.ts'
export { pgListen } from './postgres/pg-listen.ts'
export type { ListeningClient } from './postgres/pg-listen.ts'
export type { Listen, StopListening } from './postgres/notices.ts'
