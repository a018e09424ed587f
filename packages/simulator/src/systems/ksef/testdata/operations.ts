/**
 * The operations that only TEST has.
 *
 * @see spec/ksef.md section 3.16
 * @module
 */
import { ownCertificate, serialNumber } from '../certificates/operations.ts'
import { fields, instant, readInput, withBody } from '../fields.ts'
import { nothing, type Operation } from '../operation.ts'
import { rightOperations } from './rights.ts'
import { subjectOperations } from './subjects.ts'

const certificateRequest = fields({ serialNumber: serialNumber(), validTo: instant() })

/** The operations. */
export const testDataOperations: readonly Operation[] = [
  ...subjectOperations,
  ...rightOperations,
  {
    name: 'updateCertificate',
    method: 'PUT',
    path: '/v2/testdata/certificates/{serialNumber}',
    who: 'bearer',
    takes: 'json',
    run(call) {
      const { serialNumber: serial, validTo } = readInput(certificateRequest, withBody(call.body, call.params))
      ownCertificate(call, serial).validTo = validTo
      return nothing(200)
    },
  },
]
