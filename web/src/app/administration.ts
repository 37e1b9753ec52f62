/** Pages of administration, with their words and looks: one piece that comes when the first of them is opened. */
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { addTexts } from '@/shared/i18n'
import { callbacksEn } from '@/shared/i18n/callbacks.en'
import { callbacksZh } from '@/shared/i18n/callbacks.zh'
import { knowledgeAdminEn } from '@/shared/i18n/knowledgeAdmin.en'
import { knowledgeAdminZh } from '@/shared/i18n/knowledgeAdmin.zh'
import { colleaguesEn } from '@/shared/i18n/colleagues.en'
import { colleaguesZh } from '@/shared/i18n/colleagues.zh'
import { queuesEn } from '@/shared/i18n/queues.en'
import { queuesZh } from '@/shared/i18n/queues.zh'
import { telephonyEn } from '@/shared/i18n/telephony.en'
import { telephonyZh } from '@/shared/i18n/telephony.zh'
import '@/shared/ui/admin.css'
import '@/shared/ui/telephony.css'

addTexts({ zh: { admin: adminZh }, en: { admin: adminEn } })
addTexts({ zh: { admin: colleaguesZh.admin }, en: { admin: colleaguesEn.admin } })
for (const [language, { problem, action, objectKind, ...tel }] of Object.entries({ zh: telephonyZh, en: telephonyEn })) addTexts({ [language]: { tel, problem, admin: { action, objectKind } } })
for (const [language, { callbacks, problem, action, objectKind }] of Object.entries({ zh: callbacksZh, en: callbacksEn })) addTexts({ [language]: { callbacks, problem, admin: { action, objectKind } } })
for (const [language, { problem, action, objectKind, ...words }] of Object.entries({ zh: queuesZh, en: queuesEn })) addTexts({ [language]: { ...words, problem, admin: { action, objectKind } } })
for (const [language, { action, objectKind, ...words }] of Object.entries({ zh: knowledgeAdminZh, en: knowledgeAdminEn })) addTexts({ [language]: { ...words, admin: { action, objectKind } } })

export { AuditPage } from '@/features/audit/AuditPage'
export { BulletinsPage } from '@/features/bulletins/BulletinsPage'
export { CalendarsPage } from '@/features/calendars/CalendarsPage'
export { CallbacksPage } from '@/features/callbacks/CallbacksPage'
export { DispositionsPage } from '@/features/dispositions/DispositionsPage'
export { OffersPage } from '@/features/offers/OffersPage'
export { OrganisationPage } from '@/features/organisation/OrganisationPage'
export { SkillsPage } from '@/features/organisation/SkillsPage'
export { PeoplePage } from '@/features/people/PeoplePage'
export { ProfilePage } from '@/features/profile/ProfilePage'
export { QueuesPage } from '@/features/queues/QueuesPage'
export { RolesPage } from '@/features/roles/RolesPage'
export { GuardsPage } from '@/features/guards/GuardsPage'
export { ScriptsPage } from '@/features/scripts/ScriptsPage'
export { CallsPage } from '@/features/sip/CallsPage'
export { SystemPage } from '@/features/system/SystemPage'
export { TeamPage } from '@/features/team/TeamPage'
export { TenantsPage } from '@/features/tenants/TenantsPage'
export { TrunksPage } from '@/features/trunks/TrunksPage'
