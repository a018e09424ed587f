/**
 * Doubles and suites for testing code that uses access tokens.
 *
 * @module
 */
export { providerDouble } from './provider-double.ts'
export type { ProviderDouble, ProviderDoubleOptions, ProviderReport, Violation } from './provider-double.ts'
export type { Listening } from './provider-doors.ts'
export type { Fault, FaultKind, TokenOperation } from './provider-faults.ts'
export { providerGrant } from './provider-grant.ts'
export type { ProviderGrantOptions } from './provider-grant.ts'
export { virtualClock } from './virtual-clock.ts'
export type { VirtualClock, VirtualClockOptions } from './virtual-clock.ts'
export { chaosStore } from './chaos-store.ts'
export type { ChaosOptions, ChaosStore, Mishap } from './chaos-store.ts'
export { collectEvents } from './events.ts'
export type { EventCollector, EventOf } from './events.ts'
export { scriptedFetch } from './scripted-fetch.ts'
export type { Answer, Scripted, ScriptedCall, ScriptedFetch } from './scripted-fetch.ts'
export { assertNoSecrets } from './secrets.ts'
export { storeContract } from './store-contract.ts'
export type { StoreContractOptions, StoreUnderTest, TestRunner, Unoffered } from './store-contract.ts'
