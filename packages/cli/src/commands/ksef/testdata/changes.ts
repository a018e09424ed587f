/**
 * Which test data can be made and taken away, and which flags say it. Apart from what is sent, so that the command starts
 * fast.
 *
 * @see spec/ksef.md sections 3.16 and 3.19
 * @module
 */
import type { TestdataFlags } from './flags.ts'

/** A flag of a change, in camel case. */
export type TestdataFlag = Exclude<keyof TestdataFlags, 'profile' | 'simulator' | 'config'>

/** The groups, with what each is about. */
export const testdataGroups = {
  subject: 'entities of a kind that cannot be had by signing in',
  person: 'persons with NIP and PESEL',
  permissions: 'rights, as the form on paper gives them',
  attachments: 'whether invoices may have attachments',
  context: 'blocks of signing in',
  certificate: 'the end of a KSeF certificate of this context',
} as const

interface Row {
  readonly summary: string
  readonly needs: readonly TestdataFlag[]
  readonly takes?: readonly TestdataFlag[]
}

/** By group and command. */
export const testdataChanges = {
  'subject create': {
    summary: 'create an enforcement authority, a VAT group or a local government',
    needs: ['nip', 'type', 'description'],
    takes: ['subunit', 'createdAt'],
  },
  'subject remove': { summary: 'remove one, with its units', needs: ['nip'] },
  'person create': {
    summary: 'create somebody who owns the context of that NIP',
    needs: ['nip', 'pesel', 'description'],
    takes: ['bailiff', 'deceased', 'createdAt'],
  },
  'person remove': { summary: 'remove one, with its permissions', needs: ['nip'] },
  'permissions grant': {
    summary: 'let somebody work in a context',
    needs: ['context', 'subject', 'permission', 'description'],
  },
  'permissions revoke': { summary: 'take everything back that one has in a context', needs: ['context', 'subject'] },
  'attachments allow': { summary: 'allow them', needs: ['nip'] },
  'attachments withdraw': { summary: 'withdraw that', needs: ['nip'], takes: ['until'] },
  'context block': { summary: 'block signing in to a context: it ends with status 480', needs: ['context'] },
  'context unblock': { summary: 'lift that', needs: ['context'] },
  'certificate end': { summary: 'move it, also into the past', needs: ['serial', 'at'] },
} as const satisfies Readonly<Record<`${keyof typeof testdataGroups} ${string}`, Row>>

/** A change by its name. */
export type TestdataChange = keyof typeof testdataChanges
