/** Words of what queues are set to, of calendars and of dispositions. */
import type { queuesZh } from './queues.zh'
import type { Shape } from './shape'

export const queuesEn: Shape<typeof queuesZh> = {
  queueSet: {
    tabs: 'Queue settings', tab: { members: 'Members', basics: 'Basics', whom: 'Whom', waiting: 'Waiting', overflow: 'Overflow', after: 'Wrap-up' },
    changed: '{{count}} not saved', discard: 'Discard', switchHint: 'Changes stay here until this is closed',
    strategy: { longest_idle: 'Longest idle first', least_occupied: 'Least busy today first', round_robin: 'Everybody in turn', most_skilled: 'Best level in this queue first', least_skilled_sufficient: 'Just good enough, experts kept for hard cases', ring_all: 'All at once', fixed_order: 'In a fixed order' },
    strategyHint: { longest_idle: 'Equally idle: by work number', least_occupied: 'By time in calls and wrap-ups today', round_robin: 'One call each, then the next agent', most_skilled: 'Equal levels: the longest idle', least_skilled_sufficient: 'Of those with the skills, the lower level first', ring_all: 'The first to answer has it; nobody else has missed it', fixed_order: 'Set under Members, smaller first' },
    active: 'In use', closed: 'Closed', off: 'Close the queue', offHint: 'Who waits goes to another queue; calls in progress go on', on: 'Open the queue', calendar: 'Hours', always: 'Always open', calendarNow: { open: 'Open now', closed: 'Closed now', holiday: 'Holiday now' },
    position: 'Place', positionOf: 'Place of {{name}}',
    skills: 'Skills', noSkills: 'None: any member may answer', addSkill: 'Add a skill', required: 'Required', preferred: 'Preferred', level: 'level at least', relax: 'after', relaxAfter: 's relax to', relaxNever: 'Never relax', anyLevel: 'any', skillGone: 'Unknown skill', relaxWrong: 'Relax to a lower level', relaxMissing: 'Say after how many seconds a preferred skill relaxes', secondsOf: 'Seconds until {{name}} relaxes',
    prefer: 'Wait for a known agent', preferHint: 'Who answered last, owns the matter or manages the customer; then anybody. 0: no waiting',
    music: 'Music', notice: 'Said before queueing', greeting: 'Said on entering', none: 'Nothing', first: 'First after', every: 'Then every', everyHint: '0: none', says: 'What is said', position_: 'Place in the queue', estimate: 'Estimated wait', comfort: 'Comfort prompts', comfortHint: 'In turn, when there is nothing better to say', callback: 'Offer a callback', callbackHint: 'After this wait; a callback keeps the place. 0: never', voicemail: 'Offer voicemail', voicemailHint: 'After this wait. 0: never', connect: 'On answering', agentNumber: 'Say the agent number first',
    tune: { queue_music: 'Light music', hold_music: 'Calm music' },
    overflow: 'Overflow rules', overflowHint: 'From the top; the first that holds counts', noRules: 'No rules: callers wait until somebody answers', addRule: 'Add a rule', full: '10 at most', up: 'Move up', remove: 'Remove the rule',
    when: { wait: 'Waited longer than', length: 'Waiting already', estimate: 'Estimated wait over', nobody: 'Nobody signed in', closed: 'Outside the hours' }, whenLabel: 'When', to: { queue: 'Go to a queue', site: 'Other sites too', voicemail: 'Voicemail', callback: 'Callback', message: 'Prompt, then end', number: 'Outside number' }, toLabel: 'What then', help: 'Also a queue', limit: 'Value', people: 'people', target: 'Where to', pickQueue: 'Choose a queue', pickPrompt: 'Choose a prompt', closedHint: 'A queue without hours is always open: this rule never holds',
    wrong: { limit: 'Enter a number above 0', target: 'Choose where to', number: '2 to 20 digits, + before a country', self: 'Not to itself' },
    wrapup: 'Wrap-up time', extend: 'Longer by at most', target_: 'Service level', within: 'Answered within', share: 'Share of calls', targetHint: 'What reports and wallboards measure against',
    seconds: 's',
  },
  calendars: {
    title: 'Hours', add: 'Add a calendar', empty: 'No calendars: queues are always open', open: 'Open', closed: 'Closed', holiday: 'Holiday', until: 'until {{at}}', opens: 'opens {{at}}', forever: 'always', and: ', ', usedBy: 'Queues', unused: 'No queue keeps it', removeHint: 'This cannot be undone', zone: 'Time zone', state: 'Now',
    week: 'Every week', holidays: 'Public holidays', keep: 'Keep the public holidays of China and their swapped days', keepHint: 'Closed on holidays; weekend days that make up for one are open like the day they replace', holidayHours: 'On holidays', holidayClosed: 'Closed', year: 'The year', days: 'Days of your own', noDays: 'No days of your own this year', addDay: 'Add a day', addSpan: 'Add hours', removeSpan: 'Remove hours', from: 'From', to: 'To', allDay: 'All day', rest: 'Closed', copyMonday: 'Tuesday to Friday like Monday', wrongSpan: 'Write times as 08:30; the end after the beginning, without overlaps', mostSpans: '6 a day at most',
    thisDay: 'This day',
    weekday: { 0: 'Monday', 1: 'Tuesday', 2: 'Wednesday', 3: 'Thursday', 4: 'Friday', 5: 'Saturday', 6: 'Sunday' }, short: { 0: 'M', 1: 'T', 2: 'W', 3: 'T', 4: 'F', 5: 'S', 6: 'S' }, month: '{{month}}', before: 'Year before', after: 'Year after', notAnnounced: 'The holidays of {{year}} are not published yet: only those of the law are shown, without swapped days',
    legend: { week: 'Open', free: 'Closed', holiday: 'Holiday', makeup: 'Make-up working day', special: 'Day of your own' }, kind: { closed: 'Closed', hours: 'Other hours', weekday: 'Like another day' }, name: 'Name', like: 'Like', ordinary: 'Back to normal', dayOf: '{{date}} {{what}}', likeDay: 'like {{day}}', put: 'Set', date: '{{day}} {{month}} {{year}}', hoursMissing: 'Enter the hours',
  },
  dispositions: {
    title: 'Outcomes', add: 'Add an outcome', addBelow: 'Add below', empty: 'No outcomes: wrap-ups have only a note', hint: 'What agents choose in the wrap-up. Switch off what was used, so that records keep its name', parent: 'Below', top: 'Top level', queues: 'For which queues', everywhere: 'All queues', note: 'A note is needed', active: 'In use', off: 'Off', position: 'Order', noteMark: 'note', removeHint: 'Old records would show the bare code: switch it off to keep the name', of: 'Below {{name}}', inactive: 'Off',
  },
  problem: {
    unknown_skill: 'One of the skills is there no more', skill_twice: 'The same skill is there twice', unknown_calendar: 'The calendar is there no more', unknown_prompt: 'One of the prompts is there no more', no_such_target: 'The queue to go to does not exist or is closed', overflow_circle: 'These queues would send callers round in a circle', two_levels: 'Outcomes have two levels', unknown_queue: 'One of the queues is there no more', no_such_day: 'Nothing is set for this day', too_many_days: 'Too many days of your own: delete old ones first', no_such_calendar: 'There is no such calendar', no_such_disposition: 'There is no such outcome',
  },
  action: { calendar_created: 'Added a calendar', calendar_changed: 'Changed a calendar', calendar_deleted: 'Deleted a calendar', calendar_day_put: 'Set a day', calendar_day_removed: 'Took a day back', disposition_created: 'Added an outcome', disposition_changed: 'Changed an outcome', disposition_deleted: 'Deleted an outcome' },
  objectKind: { calendar: 'Calendar', disposition: 'Outcome' },
}
