/** Everything the routes of customers show, in one piece that is loaded when the first of them is opened. */
import { addTexts } from '@/shared/i18n'
import { customersEn } from '@/shared/i18n/customers.en'
import { customersZh } from '@/shared/i18n/customers.zh'
import './customers.css'
import './imports.css'
import './merge.css'
import './record.css'

addTexts({ zh: customersZh, en: customersEn })

export { CustomersPage } from './CustomersPage'
export { NewCustomerPage } from './create/NewCustomerPage'
export { ImportPage } from './imports/ImportPage'
export { ImportsPage } from './imports/ImportsPage'
export { ComparePage } from './merge/ComparePage'
export { MergesPage } from './merge/MergesPage'
export { ContactPage } from './record/ContactPage'
export { RecordPage } from './record/RecordPage'
export { SettingsPage } from './settings/SettingsPage'
export { ConflictsPage } from './sync/ConflictsPage'
export { SourcesPage } from './sync/SourcesPage'
