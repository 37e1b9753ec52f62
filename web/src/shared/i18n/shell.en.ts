import type { shellZh } from './shell.zh'
import type { Shape } from './shape'

export const shellEn: Shape<typeof shellZh> = {
  session: {
    expired: 'Your session is over. Sign in again and you are back where you were, with everything you typed.', somebodyElse: 'Sign in as somebody else (closes that page)',
    otp: 'One-time code', otpNote: '{{username}} uses a second factor: enter the 6 digits of the authenticator, or a recovery code.', otpMissing: 'Enter the one-time code', otherPerson: 'Back',
    with: 'Sign in with {{name}}', minutes: '{{count}} minutes', lockedFor: 'Locked after too many wrong passwords. Try again in {{time}}, or ask an administrator to unlock it', tryIn: 'Too many attempts; try again in {{time}}',
    newPasswordTitle: 'Choose your own password', newPasswordWhy: '{{name}}, somebody else set the present one; work begins after the change',
    field: { old: 'Present password', next: 'New password', again: 'New password again' },
    oldMissing: 'Enter the present password', oldWrong: 'The present password is wrong', tooShort: 'At least {{count}} characters', sameAsOld: 'The same as the present one', notTheSame: 'The two differ',
    weak: { too_short: 'At least {{count}} characters', too_long: 'Too long', about_you: 'Too close to your name or user name', too_common: 'Too common, easily guessed', used_before: 'Used recently; choose another', reused: 'Used recently; choose another' }, passwordHint: 'At least {{count}} characters, no common words', changePassword: 'Change password', switchTenant: 'Switch tenant', actingAt: 'Tenant {{name}}', switched: 'Now at {{name}}',
    inTheNameOf: 'Answer in the name of {{name}}', notSwitched: 'Tenant not switched: {{why}}',
  },
  nav: {
    flows: 'Flows', prompts: 'Prompts', telephony: 'Lines', trunks: 'Trunks', sipCalls: 'Signalling', guards: 'Guards', callbacks: 'Callbacks', team: 'Team',
    calendars: 'Hours', dispositions: 'Outcomes', queues: 'Queues', people: 'People', system: 'System', profile: 'Me', status: 'System status', audit: 'Audit', tenants: 'Tenants', roles: 'Roles', organisation: 'Organisation', skills: 'Skills',
    queuesLong: 'Queues and numbers', profileLong: 'Profile', section: 'Pages of this section',
  },
  palette: {
    title: 'Commands', placeholder: 'A command, a page or a customer', hint: 'A few letters will do', nothing: 'No command matches “{{text}}”', customers: 'Customers', searching: 'Looking for customers',
    go: 'Go to {{page}}', state: 'State: {{state}}', tenant: 'Tenant: {{name}}', language: 'Language: {{name}}', theme: 'Appearance: {{name}}', group: { go: 'Pages', state: 'State', tenant: 'Tenant', look: 'Settings', customer: 'Customers', do: 'Actions' },
    keys: 'Choose', run: 'Run', close: 'Close', failed: 'The customer search did not answer',
  },
  notice: {
    title: 'Notifications', empty: 'No notifications', clear: 'Clear all', unread: '{{count}} unread', open: 'Open', linkBack: 'Connection back after {{time}}', coreBack: 'The call service is back after {{time}}',
  },
  listShell: { loadingMoreAny: 'Loading more', close: 'Close', copy: 'Copy', copied: 'Copied', writtenDown: 'Written down', onlyOnce: 'Shown this once; it cannot be seen again', cancel: 'Cancel' },
  keysShell: { palette: 'Commands' },
  problems: {
    session_needed: 'Sign in yourself to do this', no_password: 'You sign in elsewhere and have no password here', totp_already_on: 'The second factor is on already', totp_not_begun: 'Begin anew', no_such_provider: 'There is no such way in', no_such_person: 'Nobody, or not yours to see', outranked: 'They have more rights than you', known_elsewhere: 'They work for other tenants too; only the operator changes this', already_here: 'They belong to this tenant already', no_such_queue: 'There is no such queue', no_such_member: 'They have no role at this tenant', no_such_flow: 'There is no such flow', no_such_access_number: 'There is no such number', site_order: 'What is above must be of a higher kind', unknown_reference: 'What was chosen is gone; refresh', unknown_permission: 'The permissions have changed; refresh', operators_own: 'The operator itself stays', expires_in_the_past: 'That time is over', still_fails: 'Failed again', not_parked: 'Done already', bad_request: 'Not complete; try again', 
    otp_required: 'Enter the one-time code', otp_wrong: 'The code is wrong, or used already', locked: 'Locked after too many wrong passwords; try again later or ask an administrator', weak_password: 'Too common or too simple; choose another', wrong_password: 'The password is wrong', password_change_required: 'Change your password first', no_grant_there: 'You have no role at that tenant', too_many_requests: 'Too many requests; wait a moment',
    cannot_grant: 'You cannot give rights or a scope you do not have', last_administrator: 'The last administrator: cannot be deactivated or lose that role', changed_meanwhile: 'Somebody else has changed it; load the latest first', in_use: 'Still in use; cannot be deleted', builtin: 'Built-in roles do not change', username_taken: 'The user name is taken', email_taken: 'Somebody else has this e-mail address', number_taken: 'The work number is taken', code_taken: 'The code is taken', invalid_request: 'Something in it is not as required', internal: 'Server error; try again later',
    ticket_invalid: 'The sign-in took too long; start again from here', oidc_failed: 'The sign-in there did not finish; try again', oidc_unknown_person: 'That account belongs to nobody here yet; ask an administrator', method_not_allowed: 'The server does not do this', body_too_large: 'Too large',
  },
}
