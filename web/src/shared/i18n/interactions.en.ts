import type { interactionsZh } from './interactions.zh'
import type { Shape } from './shape'

export const interactionsEn: Shape<typeof interactionsZh> = {
  reasons: {
    title: 'Why it waited, why this agent', waitedTitle: 'Why it waited', chosenTitle: 'Why this agent', pathTitle: 'Path',
    and: '; ', or: ', ', stop: '.',
    atOnce: 'An agent was free; there was no wait.', ringing: 'Only the ringing took {{time}}.',
    unserved: 'Waited {{time}} and was offered to nobody.', waited: 'Waited {{time}}: {{why}}.', gaveUp: 'Gave up after {{time}}: {{why}}.',
    nobodyThere: 'nobody was signed in for {{queue}}', nobodyFree: 'no agent of {{queue}} was free ({{count}} on duty: {{states}})',
    keptBack: 'it was kept for a certain agent, although other agents of {{queue}} were free ({{count}})', noneFits: 'the free agents of {{queue}} ({{count}}) had not the skills or the site',
    ahead: '{{count}} ahead in the queue', refused: 'meanwhile {{who}}',
    state: { ringing: '{{count}} ringing', talking: '{{count}} talking', hold: '{{count}} on hold', consult: '{{count}} consulting', wrapup: '{{count}} in wrap-up', busy: '{{count}} busy', away: '{{count}} not to be reached' },
    whom: { only: 'the agent asked for', preferred: 'the preferred agent', last_agent: 'the last agent', owner: 'the agent in charge', manager: 'the account manager' },
    when: { wait: 'the wait was long', length: 'the queue was long', estimate: 'the expected wait was long', nobody: 'nobody was signed in', closed: 'the queue was closed' },
    step: {
      pressed: '{{step}} {{key}} {{choice}}',
      preferred: 'kept for {{whom}} for {{time}}', skills: 'skills were relaxed after {{after}}', queue: 'agents of {{queues}} helped after {{after}}',
      site: 'other sites helped after {{after}}', outbound: 'counted like inbound after {{after}}', overflow: 'moved to {{queue}} because {{when}}',
      voicemail: 'sent to voicemail after {{after}}', callback: 'to be called back after {{after}}', message: 'told so and let go after {{after}}', number: 'sent to an outside number after {{after}}',
    },
    chosen: {
      only_agent_free: 'Only {{agent}} was free', longest_idle: 'Of {{count}} free agents {{agent}} had been idle longest ({{idle}})',
      least_occupied: 'Of {{count}} free agents {{agent}} was the least occupied ({{figure}})', round_robin: '{{count}} free agents take turns, and it was that of {{agent}} ({{figure}} ago)',
      most_skilled: 'Of {{count}} free agents {{agent}} was the most skilled (level {{figure}})', least_skilled_sufficient: 'Of {{count}} free agents {{agent}} was skilled enough (level {{figure}}), which leaves better ones to others',
      fixed_order: 'Of {{count}} free agents {{agent}} is first in the fixed order (place {{figure}})', everybody: '{{count}} free agents rang at once, and {{agent}} answered first',
      first_agent_to_become_free: 'The customer was waiting, and {{agent}} was the first to become free',
      only: '{{agent}} was asked for in the transfer', preferred: '{{agent}} is preferred', last_agent: '{{agent}} served this customer last', owner: '{{agent}} is in charge of this matter', manager: '{{agent}} is the account manager',
      consult: 'A colleague asked {{agent}}', outbound: '{{agent}} made the call', own: '{{agent}} made the call.', other: 'Given to {{agent}}: {{why}}',
      before: 'with {{count}} more waiting behind', headStart: '{{class}} counts as {{time}} longer', priority: 'the queue counts as {{time}} longer', handed: '{{by}} then handed it over to {{agent}}', helps: 'agents of {{queue}} were helping out',
    },
  },
  parties: {
    title: 'Participants', wrapups: 'Wrap-ups', links: 'Links', until: 'until {{time}}', stillIn: 'still in', open: 'running', note: 'Note',
    role: { customer: 'Customer', agent: 'Agent', consulted: 'Consulted', third: 'Outside', leader: 'Leader' },
    left: { hung_up: 'hung up', transferred: 'transferred', released: 'left', lost: 'lost', failed: 'failed', ended: 'end of the call', joined: 'took over', cancelled: 'cancelled', declined: 'declined', rona: 'no answer', busy: 'busy' },
    link: { previous: 'Before', next: 'After', callback: 'Callback', ticket: 'Case', message: 'Message' },
  },
  exporting: {
    button: 'Export', calls: 'A row for each interaction', legs: 'A row for each segment and participant', started: 'Exporting; the file comes as a download', failed: 'Not exported: {{why}}', range: 'Choose the dates first',
  },
}
