/** Pages of administration, with their words and looks: one piece that comes when the first of them is opened. */
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { addTexts } from '@/shared/i18n'
import { telephonyEn } from '@/shared/i18n/telephony.en'
import { telephonyZh } from '@/shared/i18n/telephony.zh'
import '@/shared/ui/admin.css'
import '@/shared/ui/telephony.css'

addTexts({ zh: { admin: adminZh }, en: { admin: adminEn } })
for (const [language, { problem, action, objectKind, ...tel }] of Object.entries({ zh: telephonyZh, en: telephonyEn })) addTexts({ [language]: { tel, problem, admin: { action, objectKind } } })

export { AuditPage } from '@/features/audit/AuditPage'
export { OrganisationPage } from '@/features/organisation/OrganisationPage'
export { SkillsPage } from '@/features/organisation/SkillsPage'
export { PeoplePage } from '@/features/people/PeoplePage'
export { ProfilePage } from '@/features/profile/ProfilePage'
export { QueuesPage } from '@/features/queues/QueuesPage'
export { RolesPage } from '@/features/roles/RolesPage'
export { GuardsPage } from '@/features/guards/GuardsPage'
export { CallsPage } from '@/features/sip/CallsPage'
export { SystemPage } from '@/features/system/SystemPage'
export { TenantsPage } from '@/features/tenants/TenantsPage'
export { TrunksPage } from '@/features/trunks/TrunksPage'
