import type { colleaguesZh } from './colleagues.zh'
import type { Shape } from './shape'

export const colleaguesEn: Shape<typeof colleaguesZh> = {
  colleagues: {
    title: 'Colleagues', tab: { chats: 'Messages', people: 'Directory', handover: 'Hand-over' }, ask: 'Ask', noContact: 'Select an interaction to ask about it', noChats: 'No messages yet', me: 'Me', erased: 'Erased', more: 'More', older: 'Older messages', back: 'Back',
    unread: '{{count}} unread', write: 'Message, Enter sends', kept: 'Offline, kept here', search: 'Name, pinyin or number', nobody: 'No such colleague', narrow: 'Only the first 100 are shown; narrow the search', leader: 'Team leader',
    attached: 'Trail {{no}} goes along; they may open this interaction', question: 'What do you want to know', questionMissing: 'Write your question', bySkill: 'By skill or leader', whom: 'Whom to ask', whomMissing: 'Choose whom to ask, five at most', send: 'Ask',
  },
  handover: {
    none: 'Nothing was handed over today', noGroup: 'You are in no group', take: 'I take it over', takenBy: 'Taken over by {{who}}', undo: 'Undo', write: 'For the next shift', group: 'Group', about: 'Attach {{no}}', save: 'Leave it',
  },
  bulletin: {
    title: 'Bulletins', confirm: 'I understand', gotIt: 'Got it', open: 'Open', more: '{{count}} more', from: 'From', until: 'Until', subject: 'Title', author: 'By', state: 'State', receipts: 'Receipts', important: 'Important', withdrawn: 'Withdrawn', over: 'Over', later: 'Not yet', toConfirm: 'To confirm', unread: 'Unread', confirmed: 'Confirmed', read: 'Read',
    tab: { current: 'Current', past: 'Past', all: 'All' }, write: 'New bulletin', empty: 'No bulletins', reallyWithdraw: 'Withdraw this bulletin', withdrawHint: 'Nobody is shown it any more; receipts stay', withdraw: 'Withdraw', for: { all: 'Everybody', groups: 'Groups', queues: 'Members of queues' },
    count: '{{read}} of {{meant}} read', countConfirmed: '{{confirmed}} of {{meant}} confirmed, {{read}} read', onlyMissing: 'Only who has not read or confirmed', confirmedAt: 'Confirmed {{at}}', readAt: 'Read {{at}}', notYet: 'Not read', allRead: 'Everybody has read it',
    published: 'The bulletin is published', publish: 'Publish', subjectMissing: 'Write a title', text: 'Text', to: 'To', targetMissing: 'Choose at least one', atOnce: 'At once', open_end: 'No end', isImportant: 'Important, shown first', mustConfirm: 'Each must confirm',
  },
  problem: {
    no_such_bulletin: 'There is no such bulletin, or it is not for you', no_such_target: 'Choose groups or queues that exist', beyond_reach: 'You publish for your own groups: choose them', bulletin_span: 'It must end after it begins, and not in the past', already_withdrawn: 'Withdrawn already', no_such_chat: 'There is no such chat, or you are not in it', no_such_colleague: 'Nobody here is that', not_with_yourself: 'Choose somebody else', no_such_handover: 'There is no such note', not_your_group: 'You are not in that group', taken_already: 'A colleague has taken it over',
  },
  admin: {
    permission: { colleagues_talk: 'Talk with colleagues, read bulletins and hand-over', bulletins_write: 'Publish bulletins, see receipts' },
    permissionGroup: { colleagues: 'Colleagues', bulletins: 'Bulletins' },
    action: { bulletin_published: 'Bulletin published', bulletin_withdrawn: 'Bulletin withdrawn', expert_asked: 'Expert asked' },
    objectKind: { bulletin: 'Bulletin' },
  },
  rail: { colleagues: 'Team' },
  nav: { bulletins: 'Bulletins' },
}
