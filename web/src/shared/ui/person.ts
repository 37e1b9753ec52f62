import type { CustomerCard } from '../api/types'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** 女 38 岁; the age is what it will be this year, since only the year of birth is kept on the card. */
export function personLine(card: Pick<CustomerCard, 'gender' | 'birth_year'>, t: Translate, now: number): string {
  const parts: string[] = []
  if (card.gender) parts.push(t(`gender.${card.gender}`, { defaultValue: '' }))
  if (card.birth_year) parts.push(t('customer.age', { count: new Date(now).getFullYear() - card.birth_year }))
  return parts.filter(Boolean).join(' ')
}
