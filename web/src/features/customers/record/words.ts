import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { useClassName, useFieldName } from '../reference'
import type { PersonRef } from '../types'
import { custom } from './changes'

/** The word for a field of a customer, custom ones included. */
export function useFieldWord(): (field: string) => string {
  const { t } = useTranslation()
  const own = useFieldName()
  return useCallback(
    (field) => {
      if (field.startsWith(custom)) return own(field.slice(custom.length))
      if (field.startsWith('consent.')) {
        const [, channel = '', purpose = ''] = field.split('.')
        return `${codeText(t, 'customers.consent', channel)} · ${codeText(t, 'customers.purpose', purpose)}`
      }
      // phone, identity:<id> and the like: the first word says what it is.
      const [group = field] = field.split(':')
      return t(`customers.field.${group}`, { defaultValue: own(group) })
    },
    [t, own],
  )
}

/** A value as people say it: no codes, no raw dates or numbers. */
export function useValueWord(known: readonly (PersonRef | null)[] = []): (field: string, value: unknown) => string {
  const { t, i18n } = useTranslation()
  const className = useClassName()
  const named = known.map((one) => (one ? `${one.id} ${one.name} ${one.number ?? ''}` : '')).join('\n')
  const people = useMemo(() => new Map(named.split('\n').map((line) => [line.slice(0, 36), line.slice(37).trim()])), [named])
  return useCallback(
    function word(field: string, value: unknown): string {
      if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return t('customers.nothing')
      if (Array.isArray(value)) return value.map((one) => word(field, one)).join(t('customers.comma'))
      if (typeof value === 'boolean' && field.startsWith('consent.')) return t(value ? 'customers.consents.allowed' : 'customers.consents.refused')
      if (typeof value === 'boolean') return t(value ? 'customers.yes' : 'customers.no')
      if (typeof value === 'object') {
        const part = value as { name?: string; number?: string | null; value?: string; kind?: string; text?: string }
        if (part.name) return part.number ? `${part.name} ${part.number}` : part.name
        if (part.value) return word(part.kind ?? field, part.value)
        return Object.entries(value)
          .filter(([, one]) => one !== null && typeof one !== 'object')
          .map(([name, one]) => word(name, one))
          .join(' · ')
      }
      const text = String(value)
      // An identity in the history carries whose it is: `0571****6620 (agent)`.
      const whose = /^(.*) \((owner|agent|former)\)$/.exec(text)
      if (whose) return `${whose[1]} · ${codeText(t, 'customers.role', whose[2])}`
      if (field === 'class') return className(text)
      if (field === 'gender') return t(`gender.${text}`, { defaultValue: text })
      if (field === 'kind') return t(`customers.kind.${text}`, { defaultValue: t(`customers.identity.${text}`, { defaultValue: codeText(t, 'customers.address', text) }) })
      if (field === 'role') return codeText(t, 'customers.role', text)
      if (field === 'relation') return codeText(t, 'customers.relation', text)
      if (field === 'manager_id' || field === 'site_id') return people.get(text) ?? t('customers.elsewhere')
      if (field === 'channel') return codeText(t, 'customers.consent', text)
      if (field === 'purpose') return codeText(t, 'customers.purpose', text)
      if (/^\d{4}-\d{2}-\d{2}($|T)/.test(text)) return day(text, serverNow(), i18n.language)
      if (/^\+?\d{7,15}$/.test(text) && (field === 'phone' || field === 'value' || text.startsWith('+'))) return phone(text)
      return text
    },
    [t, i18n.language, className, people],
  )
}
