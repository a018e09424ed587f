/**
 * A local server that imitates providers, with a clock of its own and faults on request.
 *
 * @module
 */
export { startSimulator } from './simulator.ts'
export type { Simulator, SimulatorOptions, State, SwitchChanges } from './api.ts'
export type {
  CallbackAttempt,
  CallbackStatus,
  ControlError,
  Fault,
  FaultKind,
  PendingFault,
  SeenRequest,
  SimulatorState,
} from './protocol.ts'
export { InputError } from './input-error.ts'
export type { RequestFilter } from './request-log.ts'
export type { SystemName } from './systems/index.ts'
export type { DarajaCredentials, DarajaState, DarajaSwitches } from './systems/daraja/index.ts'
export type { EtimsCredentials, EtimsState, EtimsSwitches } from './systems/etims/index.ts'
export type { TruphoneCredentials, TruphoneState, TruphoneSwitches } from './systems/truphone/index.ts'
export type { KsefCredentials, KsefState, KsefSwitches } from './systems/ksef/index.ts'
