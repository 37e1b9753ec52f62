import type { adminZh } from './admin.zh'
import type { Shape } from './shape'

export const adminEn: Shape<typeof adminZh> = {
  common: {
    save: 'Save', cancel: 'Cancel', close: 'Close', edit: 'Edit', remove: 'Delete', add: 'Add', copy: 'Copy', copied: 'Copied', search: 'Search', more: 'More', none: 'None', yes: 'Yes', no: 'No',
    unsaved: 'Unsaved changes', discard: 'Discard', saved: 'Saved', loadLatest: 'Load the latest', count: '{{count}}', countMore: '{{count}} loaded, scroll for more', loadingMore: 'Loading more',
    nothingFound: 'Nothing matches', clear: 'Clear filters', refresh: 'Refresh', required: 'required', optional: 'optional', never: 'Never', readOnly: 'Read only', name: 'Name', nameEn: 'English name', code: 'Code', missing: 'Enter: {{what}}',
    codeHint: 'small letters, digits, - and _', nameMissing: 'Enter a name', codeWrong: 'Small letters, digits, - and _, beginning with a letter', notSaved: 'Not saved: {{why}}', slow: 'No answer from the server after 3 s', reallyRemove: 'Delete “{{name}}”', removeHint: 'This cannot be undone', removed: '“{{name}}” deleted', people: '{{count}}',
    and: ', ', moved: 'Somebody else has just changed this. Your changes are still here; load the latest and check once more.',
  },
  language: { zh: '中文', en: 'English' },
  people: {
    title: 'People', add: 'New person', invite: 'Invite from another tenant', search: 'Name, number, user name', allRoles: 'All roles', allSites: 'All sites', allGroups: 'All groups', allSkills: 'All skills',
    active: 'Active', inactive: 'Inactive', all: 'All', locked: 'Locked', empty: 'No people yet', nothing: 'Nobody matches', name: 'Name', number: 'Number', username: 'User name', email: 'E-mail', site: 'Site', groups: 'Groups', roles: 'Roles', skills: 'Skills', state: 'State', lastSeen: 'Last seen',
    noSite: 'No site', basics: 'Basics', rights: 'Roles and scope', queues: 'Queues', queuesHint: 'Also under Queues and numbers', noQueues: 'In no queue', level: 'level {{count}}', levelOf: 'Level of {{name}}', addSkill: 'Add a skill', addQueue: 'Add to a queue', addGrant: 'Add a role', noGrants: 'No role: may sign in, may do nothing', noSkills: 'No skills',
    elsewhere: 'Has roles at {{count}} other tenants too', created: '“{{name}}” created', inviteVerb: 'Invite', invited: '“{{username}}” invited', invitedHint: 'They have an account already: they sign in as always and switch to this tenant', inviteUsername: 'Their user name',
    usernameHint: 'For signing in; unique everywhere; cannot change later', usernameWrong: 'Small letters, digits and . _ -, 2 to 100 of them', numberHint: 'Only with a number can they take calls', numberWrong: '2 to 15 digits', grantMissing: 'At least one role', emailWrong: 'Not an e-mail address', nameMissing: 'Enter a name', usernameMissing: 'Enter a user name',
    account: 'Account', password: 'Reset password', passwordHint: 'Gives a new first password they have to change; ends their sessions', phone: 'Reset phone password', phoneHint: 'The desk phone has to register with the new one', unlock: 'Unlock', unlockHint: 'Locked after wrong passwords; unlocked they can try again at once', sessions: 'Sign out everywhere', sessionsHint: 'Ends their sessions on all devices',
    totp: 'Second factor off', totpHint: 'For somebody who lost the authenticator; they can turn it on again', deactivate: 'Deactivate', deactivateHint: 'Signs them out at once, no more calls; all records stay', activate: 'Activate', activateHint: 'They can sign in again', unlocked: '“{{name}}” unlocked', revoked: '“{{name}}” signed out everywhere', totpOff: 'Second factor of “{{name}}” is off', deactivated: '“{{name}}” deactivated', activated: '“{{name}}” activated',
    failed: 'Not done: {{why}}', self: 'This is your own account', undo: 'Undo',
  },
  secret: {
    title: 'Write this down now', once: 'Shown this once; it cannot be seen again', initial: 'First password', phoneUser: 'Phone account', phone: 'Phone password', token: 'Token', recovery: 'Recovery codes', done: 'Written down', username: 'User name',
  },
  scope: {
    label: 'Scope', own: 'Own', group: 'Group', site: 'Site and below', tenant: 'Whole tenant', ownGroups: 'their own groups', ownSite: 'their own site', of: '{{kind}}: {{names}}', pickGroups: 'none chosen: their own groups', pickSites: 'none chosen: their own site',
  },
  roles: {
    title: 'Roles', add: 'New role', hint: 'Built-in roles are fixed; own roles change by ticking, and saving counts at once for everybody signed in', builtin: 'Built-in', permission: 'Permission', copyFrom: 'Start from', blank: 'Nothing', edit: 'Rename', inUse: '{{count}} people', saveOf: 'Save “{{name}}”', changed: '{{count}} changes', created: 'Role “{{name}}” created', removeHint: 'A role that somebody holds cannot be deleted', empty: 'No list of permissions',
    grants: 'yes', lacks: 'no',
  },
  organisation: {
    title: 'Sites and groups', sites: 'Sites', groups: 'Groups', addSite: 'Add a site', addTop: 'Add a province', addBelow: 'Add below', moveTo: 'Belongs to', top: 'Nothing above', kind: 'Kind', province: 'Province', city: 'City', county: 'County', addGroup: 'Add a group', site: 'Site', anySite: 'No site', noSites: 'No sites yet; people belong to the tenant itself', noGroups: 'No groups yet', ofSite: 'Groups of {{name}}', allGroups: 'All groups', expand: 'Expand', collapse: 'Collapse', people: 'People',
  },
  skills: { title: 'Skills', add: 'Add a skill', empty: 'No skills yet; calls go by queue membership', people: 'People', peopleWith: 'Who has it' },
  tenants: {
    title: 'Tenants', add: 'Add a tenant', code: 'Code', operator: 'Operator', active: 'Active', inactive: 'Inactive', people: 'People', created: 'Created', state: 'State', hint: 'Customers, records and queues of each tenant are apart; an agent can serve several', deactivate: 'Deactivate', activate: 'Activate', createdOne: 'Tenant “{{name}}” created', empty: 'No tenants',
    off: 'Deactivate “{{name}}”', offHint: 'Its people cannot enter, its calls are not taken; data stays and it can be activated again',
  },
  queues: {
    title: 'Queues and numbers', queues: 'Queues', numbers: 'Access numbers', longest: 'Longest', numberOff: 'New calls are not taken; calls in progress go on', add: 'Add a queue', members: 'Members', waiting: 'Waiting', ready: 'Ready', talking: 'Talking', empty: 'No queues yet', noMembers: 'No members: calls would wait for ever', addMember: 'Add a member', level: 'Level', levelHint: 'Higher comes first', agent: 'Agent', noNumbers: 'No access numbers yet', number: 'Number', flow: 'Flow', addNumber: 'Add a number', numberWrong: '2 to 20 digits', flowMissing: 'Choose a flow', strategy: 'Order', strategies: { longest_idle: 'Longest idle', best_skill: 'Best level' },
    priority: 'Priority', priorityHint: 'Each point counts as a minute of waiting; more is sooner', ring: 'Ring time', wrapup: 'Wrap-up time', seconds: 's', settings: 'Settings', badSeconds: 'A whole number from 5 to 600', badPriority: 'A whole number from -100 to 100', choose: 'Choose a queue to see and change its members', removed: '“{{name}}” removed from “{{queue}}”', saved: 'Counts at once, without a restart',
  },
  audit: {
    title: 'Audit', person: 'Person', anybody: 'Everybody', action: 'Action', anyAction: 'All actions', object: 'Object', objectHint: 'Object’s id, Enter', time: 'Time', source: 'Address', request: 'Request id', data: 'Contents', empty: 'Nothing in the audit yet', nothing: 'Nothing matches', byToken: 'Token {{name}}', system: 'System', fields: 'Fields', detail: 'Audit entry', code: 'Code', back: 'Back to the list', nobody: 'Not signed in', copyRequest: 'Copy request id',
  },
  status: {
    journalOf: 'Journal of {{owner}} applied', followerBehind: '{{name}} still to do', machine: 'Program and machine', software: 'Version', uptime: 'Running for', days: '{{count}} d {{time}}', partName: 'Part', state: 'State', detail: 'Detail', lastEnd: 'ended last by {{why}}', rows: 'Rows', took: 'Took', follower: {}, jobName: {},
    title: 'System status', fresh: 'as of {{time}}', parts: 'Parts', database: 'Database', journal: 'Journal and delivery', jobs: 'Jobs', backups: 'Backups', running: 'All running', notRunning: 'Needs attention', version: 'Version', since: 'Started', restarts: 'Restarts', restartsCount: '{{count}}', size: 'Size', connections: 'Connections', migration: 'Schema', sequence: 'Sequence', lag: 'Behind', bytes: 'Bytes', outboxWaiting: 'To deliver', oldest: 'Oldest waits', queued: 'Queued', runningJobs: 'Running', failed: 'Failed', noFailed: 'No failed jobs', noBackups: 'No backups yet', backup: 'Back up now', backupStarted: 'Backup started', verified: 'Verified', notVerified: 'Not verified', file: 'File', at: 'Time', diskFree: 'Disk free', parked: 'Parked deliveries', retry: 'Deliver again', retried: 'Delivered again',
    ok: 'OK', down: 'Down', attention: 'Needs attention', noParked: 'Nothing parked', owner: 'Receiver', reason: 'Reason', stale: 'Old data', part: { core: 'Call core', media: 'Media', web: 'Web', worker: 'Worker', postgres: 'Database', database: 'Database', journal: 'Journal', telephony: 'Telephony', sip: 'Signalling', projector: 'Projector', outbox: 'Delivery', supervisor: 'Supervisor', disk: 'Disk', registrar: 'Phones', trunk: 'Trunk' },
    tries: '{{count}} tries',
  },
  profile: {
    on: 'On', off: 'Off', revokeOf: 'Sign out {{device}}',
    title: 'Profile', basics: 'Basics', name: 'Name', email: 'E-mail', language: 'Language', username: 'User name', number: 'Number', tenant: 'Tenant', roles: 'Roles', scope: 'Scope', password: 'Password', passwordChanged: 'Password changed; other devices are signed out', totp: 'Second factor', totpOff: 'Off. When on, signing in also asks for the authenticator’s 6 digits.', totpOn: 'On. Signing in also asks for the authenticator’s 6 digits.', totpStart: 'Turn on', totpScan: 'Scan this with the authenticator, then enter the 6 digits it shows', totpManual: 'Or type the key by hand', totpCode: '6 digits', totpConfirm: 'Turn on', totpStop: 'Turn off', totpStopPassword: 'Password, to turn it off', totpDone: 'Second factor is on', totpStopped: 'Second factor is off', codeWrong: 'Enter 6 digits', recoveryHint: 'Each code works once, should the authenticator be lost. Keep them somewhere safe.',
    sessions: 'Signed-in devices', sessionsHint: 'Revoke what you do not know at once, and change your password', current: 'this one', revoke: 'Revoke', revoked: 'Revoked', source: 'Address', device: 'Device', signedIn: 'Signed in', lastSeen: 'Last used', otherDevice: 'Unknown device', noSessions: 'Signed in nowhere else',
    tokens: 'API tokens', tokensHint: 'For other systems; only what is chosen here, and the audit shows the token', addToken: 'New token', tokenName: 'Purpose', tokenPermissions: 'Permissions', expires: 'Expires', never: 'Never', noTokens: 'No tokens', lastUsed: 'Last used', neverUsed: 'Never used', createdBy: 'Created by', permissionsMissing: 'Choose at least one permission', expired: 'Expired', days: '{{count}} days', year: '1 year', revokeToken: 'Revoke', revokeTokenHint: 'The system that uses it can call nothing any more, at once',
  },
  permissionGroup: { agent: 'Agent', interactions: 'Interactions', recordings: 'Recordings', customers: 'Customers', queues: 'Queues', supervision: 'Supervision', people: 'People', roles: 'Roles', organisation: 'Organisation', tenants: 'Tenants', tokens: 'Tokens', audit: 'Audit', system: 'System', admin: 'Administration', other: 'Other' },
  permission: {
    agent_work: 'Take and handle contacts', interactions_read: 'See own interactions', interactions_read_all: 'See all in scope', recordings_listen: 'Hear own recordings', recordings_listen_all: 'Hear all in scope', customers_read: 'See customers', customers_write: 'Create and change customers', customers_reveal: 'See masked data', customers_merge: 'Merge and split', customers_import: 'Import', customers_export: 'Export', customers_erase: 'Erase personal data', customers_configure: 'Classes, tags and fields',
    queues_read: 'See queues', queues_write: 'Set up queues and numbers', supervision_view: 'See live states', people_read: 'See people', people_write: 'Manage people', roles_write: 'Manage roles', organisation_write: 'Manage sites, groups, skills', tenants_read: 'See tenants', tenants_write: 'Manage tenants', tokens_write: 'Manage API tokens', audit_read: 'See the audit', system_read: 'See system status', system_write: 'Operate the system', admin: 'Administer the system',
  },
  action: {},
  objectKind: {},
  dataKey: {},
}
