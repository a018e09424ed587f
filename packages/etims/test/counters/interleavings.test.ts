/**
 * Many programs, lost answers, crashes and a bad store in any order: the numbers that KRA accepts are consecutive, no
 * document is accepted twice, and no number is used by two documents.
 *
 * @see spec/etims.md section 7.5
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import { chaosStore, virtualClock } from '@latchkey/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recoverSale } from '../../src/operations/resolve-sale.ts'
import { saveSale } from '../../src/operations/save-sale.ts'
import { createKra } from './support/kra.ts'
import { saleOfOne, sharedStore, startProcess } from './support/process.ts'

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('save' as const), program: fc.nat(2), document: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resolve' as const), error: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('recover' as const), program: fc.nat(2), document: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), program: fc.nat(2) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 300, 6_000, 150_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('arrive' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('kra' as const),
      mishap: fc.constantFrom('lostBefore', 'lostAfter', 'refused', 'later', 'noReceipt', 'late'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('store' as const),
      mishap: fc.constantFrom('outage', 'unknownApplied', 'unknownLost', 'conflict', 'slow', 'notDurable'),
    }),
  },
)

it(
  'never gives a number to two documents, nor a document two numbers, in 200 stories',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 5, maxLength: 18 }),
        fc.constantFrom('direct' as const, 'gateway' as const),
        async (story, face) => {
          const clock = virtualClock()
          const kra = createKra({ clock, face, latencyMs: 200, lateMs: 40_000 })
          const store = chaosStore(sharedStore(clock), { clock, seed: 1 })
          const start = () => startProcess({ clock, kra, store })
          const programs = [start(), start(), start()]
          const errors: OutcomeUnknownError[] = []
          const working: Promise<unknown>[] = []
          const documentOf = (index: number) => saleOfOne(`INV-${index}`, { totAmt: 100 + index })
          for (const each of story) {
            const program = 'program' in each ? programs[each.program] : undefined
            switch (each.do) {
              case 'save':
                working.push(
                  saveSale(program ?? start(), documentOf(each.document), { deadlineMs: 20_000 }).catch(
                    (error: unknown) => {
                      if (error instanceof OutcomeUnknownError) errors.push(error)
                    },
                  ),
                )
                break
              case 'resolve':
                working.push(errors[each.error]?.resolve().catch(() => undefined) ?? Promise.resolve())
                break
              case 'recover':
                working.push(recoverSale(program ?? start(), `INV-${each.document}`).catch(() => undefined))
                break
              case 'restart':
                programs[each.program] = start()
                break
              case 'wait':
                await clock.advance(each.ms)
                break
              case 'arrive':
                kra.arrive()
                break
              case 'kra':
                kra.next(each.mishap)
                break
              case 'store':
                store.next(each.mishap)
                break
              default:
                each satisfies never
            }
          }
          await clock.drive(Promise.all(working))
          kra.arrive()
          await clock.advance(150_000)
          const last = start()
          for (let index = 0; index < 6; index += 1) {
            // What is left of the mishaps may still befall the last program, which saves again, as ours advises.
            for (let tries = 0; tries < 40; tries += 1) {
              const sale = await clock.drive(saveSale(last, documentOf(index)).catch(() => undefined))
              if (sale) break
              kra.arrive()
              await clock.advance(130_000)
            }
          }
          const accepted = kra.accepted()
          const numbers = accepted.map(({ number }) => number)
          expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
          expect(accepted.map(({ body }) => body['trdInvcNo']).sort()).toEqual(
            [0, 1, 2, 3, 4, 5].map((each) => `INV-${each}`),
          )
        },
      ),
      { numRuns: 200 },
    )
  },
)
