import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

import type { Problem } from '../api/client'
import { en } from './en'
import { zh } from './zh'

export type Language = 'zh' | 'en'

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh',
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  mark(language)
}

/** Words of pages that come when they are asked for. */
export function addTexts(texts: Partial<Record<Language, object>>): void {
  for (const [language, words] of Object.entries(texts)) i18next.addResourceBundle(language, 'translation', words, true, false)
}

function mark(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
}

let chosen = false

/** Whether somebody has switched the language since this page was opened. */
export const languageChosen = (): boolean => chosen

/** Show another language, not by somebody's hand. */
export function adoptLanguage(language: Language): void {
  mark(language)
  void i18next.changeLanguage(language)
}

export function setLanguage(language: Language): void {
  chosen = true
  adoptLanguage(language)
}

type Translate = (key: string, options?: Record<string, unknown>) => string

/** What is wrong, in the language of the screen: by the stable code, else as the centre said it. */
export function problemText(problem: unknown, t: Translate): string {
  const { code, message } = problem as Partial<Problem>
  if (!code) return t('problem.unknown')
  return t(`problem.${code}`, { defaultValue: message || t('problem.unknown') })
}

/** A word for a code of the centre; an unknown code is shown as it is rather than hidden. */
export function codeText(t: Translate, group: string, code: string | null | undefined): string {
  return code ? t(`${group}.${code}`, { defaultValue: code }) : ''
}
