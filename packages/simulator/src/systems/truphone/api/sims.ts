/**
 * SIMs and the webhooks that are registered for them.
 *
 * Source: spec/truphone.md sections 7.3, 7.4. `/v1/sim/{iccid}`, `/v1/sim/{iccid}/preferences…`
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { pushInstall } from '../life/sims.ts'
import { type NotificationType, notificationTypes, type Sim } from '../rows.ts'
import { type Call, findSim, param } from './call.ts'
import { formatDate } from './dates.ts'
import { checkEid } from './eid.ts'
import { requireText } from './fields.ts'
import { lpa } from './orders.ts'
import { invalid, ruled } from './refusal.ts'

/** The state of a SIM. */
export function getSim(call: Call): Answer {
  return jsonAnswer(200, describe(findSim(call, param(call))))
}

/** Points the push install at another handset. */
export function putSim(call: Call): Answer {
  const { world, now } = call
  const eid = checkEid(world, requireText(call.body, 'eid'), 'eid')
  const sim = findSim(call, param(call))
  if (sim.status !== 'Released' && sim.status !== 'Unavailable') {
    throw ruled(world, 'simInUse', `The profile is ${sim.status}, so its EID cannot be changed`)
  }
  sim.eid = eid
  pushInstall(world, sim, now)
  return jsonAnswer(200, describe(sim))
}

/** The registered webhooks. */
export function getPreferences(call: Call): Answer {
  const { hooks } = findSim(call, param(call))
  const names = { USAGE_THRESHOLD: 'USAGE_THRESHOLD', SUBSCRIPTION_END: endName(call) }
  const notifications = notificationTypes.flatMap((type) => {
    const url = hooks[type]
    return url === null ? [] : [{ type: names[type], webhook_url: url }]
  })
  return jsonAnswer(200, { notifications })
}

/** Registers a webhook, in place of the one before. */
export function postNotification(call: Call): Answer {
  const type = readType(call)
  const url = requireText(call.body, 'webhook_url')
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw invalid('webhook_url: must be an absolute http(s) URL')
  const sim = findSim(call, param(call))
  sim.hooks = { ...sim.hooks, [type]: url }
  return jsonAnswer(200, { type, webhook_url: url })
}

/** Removes a webhook, if there is one. */
export function deleteNotification(call: Call): Answer {
  const type = readType(call)
  const sim = findSim(call, param(call))
  sim.hooks = { ...sim.hooks, [type]: null }
  return jsonAnswer(200, {})
}

function endName({ world }: Call): string {
  return world.switches.typoInPreferences ? 'SUBSCRITPION_END' : 'SUBSCRIPTION_END'
}

/** The vendor's table misspells one of the two; both spellings are one registration. */
function readType(call: Call): NotificationType {
  const text = param(call, 1)
  if (text === 'SUBSCRITPION_END') return 'SUBSCRIPTION_END'
  const type = notificationTypes.find((known) => known === text)
  if (type === undefined) throw invalid(`The notification type must be one of ${notificationTypes.join(', ')}`)
  return type
}

function describe(sim: Sim): object {
  return {
    iccid: sim.iccid,
    matching_id: sim.matchingId,
    matchingId: sim.matchingId,
    status: sim.status,
    profileStatus: sim.status,
    ...(sim.eid === null ? {} : { eid: sim.eid }),
    last_modified: formatDate(sim.modifiedAt),
    lpa_url: lpa(sim.matchingId),
  }
}
