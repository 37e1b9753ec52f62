/** The pages of flows with their words: one piece that comes when the first of them is opened. */
import { addTexts } from '@/shared/i18n'
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { flowsEn } from '@/shared/i18n/flows.en'
import { flowsZh } from '@/shared/i18n/flows.zh'
import '@/shared/ui/admin.css'

for (const [language, admin, { action, objectKind, ...words }] of [['zh', adminZh, flowsZh], ['en', adminEn, flowsEn]] as const) {
  addTexts({ [language]: { admin, ...words } })
  addTexts({ [language]: { admin: { action, objectKind } } })
}

export { FlowsPage } from './FlowsPage'
