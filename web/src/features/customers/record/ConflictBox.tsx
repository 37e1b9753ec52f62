import { Radio } from 'antd'
import { useTranslation } from 'react-i18next'

import { serverNow } from '@/shared/time/clock'
import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { Change, PersonRef } from '../types'
import { changedBy, same, type Collision, type Flat, type Value } from './changes'
import { useFieldWord, useValueWord } from './words'

interface Props {
  collisions: Collision[]
  /** Fields only the other has changed: they stay as they are now. */
  taken: string[]
  history: Change[]
  since: string
  form: Flat
  /** Managers whose names are known. */
  known: (PersonRef | null)[]
  onTake: (field: string, value: Value | undefined) => void
}

/** Another has saved meanwhile: who, what, and for each field both have touched, whose word stands. */
export function ConflictBox({ collisions, taken, history, since, form, known, onTake }: Props) {
  const { t } = useTranslation()
  const word = useFieldWord()
  const value = useValueWord(known)
  const who = (field: string) => {
    const change = changedBy(history, field, since)
    return t('customers.conflict.by', { name: change?.person?.name ?? t('customers.conflict.somebody'), time: clock(change?.at ?? serverNow()).slice(0, 5) })
  }
  const first = collisions[0]?.field ?? taken[0] ?? ''
  return (
    <section className="conflict" role="alert" data-testid="conflict">
      <p className="conflict-head">
        <Icon name="triangle" /> {t(collisions.length > 0 ? 'customers.conflict.title' : 'customers.conflict.titleTaken', { who: who(first) })}
      </p>
      {collisions.map(({ field, mine, theirs }) => (
        <div key={field} className="conflict-field">
          <span className="muted">
            {word(field)} · {who(field)}
          </span>
          <Radio.Group
            value={same(form[field], mine) ? 'mine' : same(form[field], theirs) ? 'theirs' : undefined}
            onChange={(event) => onTake(field, event.target.value === 'mine' ? mine : theirs)}
            options={[
              { value: 'mine', label: t('customers.conflict.mine', { value: value(field, mine) }) },
              { value: 'theirs', label: t('customers.conflict.theirs', { value: value(field, theirs) }) },
            ]}
          />
        </div>
      ))}
      {taken.length > 0 && <p className="muted">{t('customers.conflict.taken', { fields: taken.map(word).join(t('customers.comma')) })}</p>}
      <p>{t(collisions.length > 0 ? 'customers.conflict.next' : 'customers.conflict.nextTaken')}</p>
    </section>
  )
}
