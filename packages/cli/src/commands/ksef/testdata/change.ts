/**
 * Sends a change of test data. Only the end of a certificate needs a sign-in.
 *
 * @see spec/ksef.md section 3.16
 * @module
 */
import type { Testdata, TestPermissions, TestSubject } from '@latchkey/ksef'
import type { CommonOptions, Io } from '../../../io.ts'
import { json } from '../../../output.ts'
import { contextTypes } from '../../../providers/ksef-profile.ts'
import { UsageError } from '../../../usage.ts'
import { ksefTarget } from '../target.ts'
import { identifierIn } from '../words.ts'
import type { TestdataChange } from './changes.ts'
import type { TestdataFlags } from './flags.ts'

export async function testdataChange(
  change: TestdataChange,
  options: CommonOptions & TestdataFlags,
  io: Io,
): Promise<void> {
  const send = senders[change](options)
  await using target = await ksefTarget(options, io)
  const { testdata } = change === 'certificate end' ? target.auth : target.ksef
  await target.ask(send(testdata, { signal: io.signal }))
  io.out(options.json ? json({ change, done: true }) : `Done: ${change}\n`)
}

type Send = (testdata: Testdata, run: { readonly signal: AbortSignal }) => Promise<void>

/** Reads the flags at once. The client checks the values; the flags that a change needs are there. */
const senders: Readonly<Record<TestdataChange, (flags: TestdataFlags) => Send>> = {
  'subject create': ({ nip = '', type, description = '', subunit, createdAt }) => {
    const subject = {
      ...{ subjectNip: nip, subjectType: type as TestSubject['subjectType'], description, createdDate: createdAt },
      subunits: subunit?.map(unitIn),
    }
    return (testdata, run) => testdata.createSubject(subject, run)
  },
  'subject remove':
    ({ nip = '' }) =>
    (testdata, run) =>
      testdata.removeSubject({ subjectNip: nip }, run),
  'person create':
    ({ nip = '', pesel = '', description = '', bailiff = false, deceased, createdAt }) =>
    (testdata, run) =>
      testdata.createPerson(
        { nip, pesel, description, isBailiff: bailiff, isDeceased: deceased, createdDate: createdAt },
        run,
      ),
  'person remove':
    ({ nip = '' }) =>
    (testdata, run) =>
      testdata.removePerson({ nip }, run),
  'permissions grant': ({ description = '', permission = [], ...flags }) => {
    const types = permission as readonly TestPermissions['permissions'][number]['permissionType'][]
    const permissions = types.map((permissionType) => ({ permissionType, description }))
    const grant = { ...holderIn(flags), permissions }
    return (testdata, run) => testdata.grantPermissions(grant, run)
  },
  'permissions revoke': (flags) => {
    const holder = holderIn(flags)
    return (testdata, run) => testdata.revokePermissions(holder, run)
  },
  'attachments allow':
    ({ nip = '' }) =>
    (testdata, run) =>
      testdata.enableAttachments({ nip }, run),
  'attachments withdraw':
    ({ nip = '', until }) =>
    (testdata, run) =>
      testdata.revokeAttachments({ nip, expectedEndDate: until }, run),
  'context block': ({ context = '' }) => {
    const contextIdentifier = identifierIn('--context', context, contextTypes)
    return (testdata, run) => testdata.blockContext({ contextIdentifier }, run)
  },
  'context unblock': ({ context = '' }) => {
    const contextIdentifier = identifierIn('--context', context, contextTypes)
    return (testdata, run) => testdata.unblockContext({ contextIdentifier }, run)
  },
  'certificate end':
    ({ serial = '', at = '' }) =>
    (testdata, run) =>
      testdata.updateCertificateValidTo({ serialNumber: serial, validTo: at }, run),
}

function holderIn({ context = '', subject = '' }: TestdataFlags) {
  return {
    contextIdentifier: identifierIn('--context', context, ['Nip']),
    authorizedIdentifier: identifierIn('--subject', subject, ['Nip', 'Pesel', 'Fingerprint']),
  }
}

function unitIn(text: string): { readonly subjectNip: string; readonly description: string } {
  const [, subjectNip = '', description = ''] = /^(\d+):(.+)$/.exec(text) ?? []
  if (subjectNip === '') throw new UsageError('--subunit takes NIP:DESCRIPTION.')
  return { subjectNip, description }
}
