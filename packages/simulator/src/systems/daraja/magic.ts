/**
 * Phone numbers that make something happen, by their last four digits. Every other number pays.
 *
 * @see spec/daraja.md section 6.3
 * @module
 */
import type { ResultCode } from './results.ts'

/**
 * What the owner of a phone does. `result`: the payment ends with this code after the callback delay. `lock`: the
 * push is refused at once. `silent`: no callback at all. `ignored`: the prompt runs out.
 */
export type PhoneStory =
  | { readonly does: 'result'; readonly code: ResultCode }
  | { readonly does: 'lock' }
  | { readonly does: 'silent' }
  | { readonly does: 'ignored' }

const stories: Readonly<Record<string, PhoneStory>> = {
  '0000': { does: 'silent' },
  '0001': { does: 'result', code: 1 },
  '0008': { does: 'result', code: 8 },
  '0017': { does: 'result', code: 17 },
  '0026': { does: 'result', code: 26 },
  '0060': { does: 'ignored' },
  '1001': { does: 'lock' },
  '1003': { does: 'result', code: 'SFC_IC0003' },
  '1019': { does: 'result', code: 1019 },
  '1025': { does: 'result', code: 1025 },
  '1032': { does: 'result', code: 1032 },
  '1037': { does: 'result', code: 1037 },
  '2001': { does: 'result', code: 2001 },
  '2028': { does: 'result', code: 2028 },
  '8006': { does: 'result', code: 8006 },
  '9999': { does: 'result', code: 9999 },
}

/** `Remarks` of a balance request that expires in the queue. */
export const timeoutRemark = 'simulate:timeout'

/** What the owner of this phone does. */
export function storyOf(phone: string): PhoneStory {
  return stories[phone.slice(-4)] ?? { does: 'result', code: 0 }
}

/** For the start page. */
export const magic: Readonly<Record<string, string>> = {
  'phone …0000': 'no callback ever; the query says pending until the prompt runs out, then 1037',
  'phone …0001': 'result 1, insufficient balance',
  'phone …0008': 'result 8, the receiver would exceed its maximum balance',
  'phone …0017': 'result 17, rule limited',
  'phone …0026': 'result 26, traffic blocking',
  'phone …0060': 'the prompt is ignored: result 1037 when it runs out',
  'phone …1001': 'refused at once: 500.001.1001 Unable to lock subscriber',
  'phone …1003': 'result SFC_IC0003',
  'phone …1019': 'result 1019, expired',
  'phone …1025': 'result 1025, the push failed',
  'phone …1032': 'result 1032, cancelled by the user',
  'phone …1037': 'result 1037, the user cannot be reached',
  'phone …2001': 'result 2001, wrong PIN',
  'phone …2028': 'result 2028, not permitted by product assignment',
  'phone …8006': 'result 8006, PIN locked',
  'phone …9999': 'result 9999, the push failed',
  'any other phone': 'pays: result 0',
  [`Remarks "${timeoutRemark}"`]:
    'a balance request that expires: a notice goes to QueueTimeOutURL instead of a result',
}
