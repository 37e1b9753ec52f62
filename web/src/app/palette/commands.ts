import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { openPhoneDialog } from '@/features/phone/dialogs'
import { usePhone } from '@/features/phone/PhoneProvider'
import { useReasons } from '@/features/phone/reasons'
import { useSetState } from '@/features/phone/useSetState'
import type { AgentDocument, Person } from '@/shared/api/types'
import { setLanguage } from '@/shared/i18n'
import { setPrefs, usePrefs } from '@/shared/prefs/prefs'
import type { IconName } from '@/shared/ui/icons'
import { allowedPages, profile } from '../pages'
import { router } from '../router'
import { actAt } from '../TenantSwitch'
import type { Named } from './fuzzy'

export interface Command extends Named {
  id: string
  group: 'go' | 'state' | 'tenant' | 'look' | 'do' | 'customer'
  icon: IconName
  /** Said beside it: what holds now, or a customer's number. */
  note?: string
  act: () => void
}

const other = (key: string, language: string) => i18next.getFixedT(language === 'zh' ? 'en' : 'zh')(key)

/** Of the reasons every tenant begins with; one's own are found by their names. */
const pinyin: Record<string, string> = { lunch: 'yong can', break: 'xiao xiu', training: 'pei xun', meeting: 'hui yi' }

/** Everything the palette can do for this person now. */
export function useCommands({ person, agent, works, onSignOut, onHelp }: { person: Person; agent: AgentDocument | null; works: boolean; onSignOut: () => void; onHelp: () => void }): Command[] {
  const { t, i18n } = useTranslation()
  const { seat } = usePhone()
  const { put } = useSetState()
  const { theme, language } = usePrefs()
  const reasons = useReasons()
  return useMemo(() => {
    const inCall = agent !== null && ['ringing', 'talking', 'hold', 'consult'].includes(agent.state)
    const pages: Command[] = [...allowedPages(person), profile].map((page) => ({
      id: `go ${page.path}`,
      group: 'go',
      icon: page.icon,
      text: t(page.name),
      also: [other(page.name, i18n.language), page.path.slice(1)],
      pinyin: page.pinyin,
      act: () => void router.navigate({ to: page.path }),
    }))
    const states: Command[] = works
      ? [
          { id: 'state ready', group: 'state', icon: 'checkCircle', text: t('palette.state', { state: t('agent.ready') }), also: [other('agent.ready', i18n.language)], pinyin: 'kong xian', act: () => void put({ state: 'ready', seat }) },
          ...reasons.codes.map(
            (reason): Command => ({
              id: `state ${reason}`,
              group: 'state',
              icon: 'minusCircle',
              text: t('palette.state', { state: `${t('agent.busy')} · ${reasons.name(reason)}` }),
              also: [`${other('agent.busy', i18n.language)} ${reasons.otherName(reason)}`, reason],
              pinyin: ['shi mang', pinyin[reason]].filter(Boolean).join(' '),
              act: () => void put({ state: 'busy', reason, seat }),
            }),
          ),
          { id: 'state offline', group: 'state', icon: 'circle', text: t('palette.state', { state: t('agent.offline') }), also: [other('agent.offline', i18n.language)], pinyin: 'li xian', act: () => void put({ state: 'offline', seat }) },
        ]
      : []
    const tenants: Command[] =
      person.tenants.length > 1
        ? person.tenants
            .filter(({ id }) => id !== person.tenant.id)
            .map(({ id, name, code }) => ({ id: `tenant ${id}`, group: 'tenant', icon: 'building', text: t('palette.tenant', { name }), also: [name, code], pinyin: 'zu hu', act: () => void actAt(person, id, t) }))
        : []
    const look: Command[] = [
      ...(['zh', 'en'] as const)
        .filter((one) => one !== language)
        .map((one): Command => ({
          id: `language ${one}`,
          group: 'look',
          icon: 'globe',
          text: t('palette.language', { name: one === 'zh' ? '中文' : 'English' }),
          also: ['language', '语言', one === 'zh' ? 'chinese' : 'yingwen'],
          pinyin: one === 'zh' ? 'yu yan zhong wen' : 'yu yan ying wen',
          act: () => {
            setPrefs({ language: one })
            setLanguage(one)
          },
        })),
      ...(['light', 'dark', 'system'] as const)
        .filter((one) => one !== theme)
        .map((one): Command => ({
          id: `theme ${one}`,
          group: 'look',
          icon: one === 'light' ? 'sun' : one === 'dark' ? 'moon' : 'gear',
          text: t('palette.theme', { name: t(`settings.${one}`) }),
          also: [other(`settings.${one}`, i18n.language), 'theme'],
          pinyin: `wai guan ${{ light: 'qian se', dark: 'shen se', system: 'gen sui xi tong' }[one]}`,
          act: () => setPrefs({ theme: one }),
        })),
    ]
    const rest: Command[] = [
      ...(works && !inCall
        ? [
            { id: 'dial', group: 'do', icon: 'outgoing', text: t('softphone.dial.open'), also: [other('softphone.dial.open', i18n.language), 'dial', 'redial'], pinyin: 'hu chu', act: () => openPhoneDialog('dial') } satisfies Command,
            { id: 'check', group: 'do', icon: 'signal', text: t('softphone.check.open'), also: [other('softphone.check.open', i18n.language)], pinyin: 'jian ce er ji yu wang luo', act: () => openPhoneDialog('check') } satisfies Command,
          ]
        : []),
      { id: 'help', group: 'do', icon: 'keyboard', text: t('keys.all'), also: [other('keys.all', i18n.language)], pinyin: 'quan bu kuai jie jian', act: onHelp },
      ...(inCall ? [] : [{ id: 'signout', group: 'do', icon: 'exit', text: t('session.signOut'), also: [other('session.signOut', i18n.language)], pinyin: 'tui chu deng lu', act: onSignOut } satisfies Command]),
    ]
    return [...pages, ...states, ...tenants, ...look, ...rest]
  }, [person, agent, reasons, works, onSignOut, onHelp, t, i18n.language, seat, put, theme, language])
}
