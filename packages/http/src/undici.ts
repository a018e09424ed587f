/**
 * Tokens for undici's dispatchers, and so for whatever sends through them: `request`, `stream`, `pipeline` and `fetch`.
 *
 * @module
 */
export { tokenInterceptor } from './undici/token-interceptor.ts'
export type { TokenInterceptor } from './undici/token-interceptor.ts'
export type {
  AnswerHeaders,
  Dispatch,
  DispatchController,
  DispatchHandler,
  DispatchOptions,
} from './undici/dispatch.ts'
export type { TransportOptions } from './transport.ts'
