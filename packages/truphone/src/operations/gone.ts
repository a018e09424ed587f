/**
 * Removing what is gone: where an earlier try of the same call was lost, its repeat finds nothing, and that is success.
 *
 * @see spec/truphone.md section 2.6
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'

/** Resolves as the removal does, or where only the repeat after a lost try found nothing. */
export async function goneIsDone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal
  } catch (error) {
    // The pipeline says "unknown" with this status only where an earlier try may have been processed.
    const gone = error instanceof OutcomeUnknownError && (error.status === 404 || error.status === 422)
    if (!gone) throw error
  }
}
