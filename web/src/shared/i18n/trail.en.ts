import type { Shape } from './shape'
import type { trailToolsZh } from './trail.zh'

export const trailToolsEn: Shape<typeof trailToolsZh> = {
  tool: {
    business_opened: 'Opened', business_submitted: 'Submitted', script_started: 'Script', script_step: 'Script:', script_done: 'Script ended', script_doneAs: 'Script {{name}}:', offer_shown: 'Offer', offer_result: 'Offer {{name}}:',
    expert_asked: 'Asked {{whom}}', expert_answered: '{{whom}} answered', message_sent: 'Sent', messageTo: 'Sent by {{channel}}', number: 'no. {{no}}',
  },
  outcome: { accepted: 'accepted', declined: 'not wanted', later: 'later', considered: 'considering', interested: 'interested', not_offered: 'not offered', done: 'done', aborted: 'broken off', left: 'not finished' },
  medium: { sms: 'SMS', mail: 'mail', chat: 'message' },
  lines: 'Service trail; arrow keys scroll',
}
