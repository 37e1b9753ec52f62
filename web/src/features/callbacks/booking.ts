/** The form by which a callback is booked, with its words: for pages that do not have those of the administration. */
import { adminEn } from '@/shared/i18n/admin.en'
import { adminZh } from '@/shared/i18n/admin.zh'
import { addTexts } from '@/shared/i18n'
import { callbacksEn } from '@/shared/i18n/callbacks.en'
import { callbacksZh } from '@/shared/i18n/callbacks.zh'
import '@/shared/ui/admin.css'

addTexts({ zh: { admin: { common: adminZh.common }, callbacks: callbacksZh.callbacks, problem: callbacksZh.problem }, en: { admin: { common: adminEn.common }, callbacks: callbacksEn.callbacks, problem: callbacksEn.problem } })

export { BookCallback as default } from './BookCallback'
