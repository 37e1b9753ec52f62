import type { Shape } from './shape'
import type { overviewZh } from './overview.zh'

export const overviewEn: Shape<typeof overviewZh> = {
  view: {
    payments: 'Payments', records: 'Done here', relations: 'Family and relations', consents: 'Consents', callbacks: 'Callbacks owed', value: 'Value and risk', vip: 'VIP customer',
    noBills: 'No bills', noPayments: 'No payments', noRecords: 'Nothing done here yet', noRelations: 'Nobody related', noConsents: 'None on record, default rules', noCallbacks: 'No callback owed',
    trouble: { late: 'Business system did not answer in time', away: 'Business system is away', slow: 'Nothing after 3 s, the rest is here', failed: 'Could not be fetched; the call goes on' },
    retrying: 'Trying again', paid: 'Payment',
    method: { direct_debit: 'Direct debit', wallet: 'Wallet', card: 'Card', cash: 'Cash' },
    relation: { spouse: 'Spouse', parent: 'Parent', child: 'Child', family: 'Family', household: 'Household', employer: 'Employer', employee: 'Employee', contact: 'Contact', company: 'Company', other: 'Other' },
    consent: '{{channel}}: {{purpose}}', allowed: 'Agreed', refused: 'Refused',
    channel: { phone: 'Phone', sms: 'SMS', email: 'Mail', wechat: 'WeChat', any: 'Any channel', all: 'Any channel' },
    purpose: { marketing: 'marketing', survey: 'survey', service: 'service', collection: 'collection', any: 'contact', all: 'contact' },
    years: 'Customer for {{count}} years', monthly: '{{amount}} a month', recent: '{{count}} contacts in 90 days', owed: 'Owes {{amount}}', nothingOwed: 'Nothing owed',
    manager: 'Account manager {{name}} {{number}}', noManager: 'No account manager', noWarnings: 'Nothing to mind', play: 'Play the recording',
    verified: 'Identity verified', verifiedBy: 'Identity verified: {{how}}', transferred: 'Transferred by {{agent}}', asked: '{{agent}} asks you', handedNote: '“{{note}}”',
  },
}
