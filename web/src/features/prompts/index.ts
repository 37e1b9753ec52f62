/** The page of prompts with its words: one piece that comes when it is opened. */
import { addTexts } from '@/shared/i18n'
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { promptsEn } from '@/shared/i18n/prompts.en'
import { promptsZh } from '@/shared/i18n/prompts.zh'
import '@/shared/ui/admin.css'

for (const [language, admin, { action, objectKind, ...words }] of [['zh', adminZh, promptsZh], ['en', adminEn, promptsEn]] as const) {
  addTexts({ [language]: { admin, ...words } })
  addTexts({ [language]: { admin: { action, objectKind } } })
}

export { PromptsPage } from './PromptsPage'
