import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { personLine } from '@/shared/ui/person'
import { usePatience } from '@/shared/ui/usePatience'
import { ClassChip } from '../ClassChip'
import { useDuplicates } from '../record/useRecord'
import type { CustomerRecord } from '../types'
import { FindOther } from './FindOther'
import { likelihood } from './choose'

/** Those who may be the same, why, and how likely; or somebody found by hand. */
export function DuplicatesTab({ record }: { record: CustomerRecord }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const query = useDuplicates(record.id, true)
  const patience = usePatience(query.isPending)
  const compare = (other: string) => void navigate({ to: '/customers/compare', search: (before) => ({ ...before, keep: record.id, drop: other }) })
  return (
    <div className="duplicates">
      <Section icon="people" title={t('customers.duplicates.title')} count={query.data?.length || undefined}>
        {query.isPending && patience !== 'none' && <Skeleton rows={3} />}
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.data?.length === 0 && <Empty>{t('customers.duplicates.none')}</Empty>}
        {query.data?.map(({ card, score, reasons }) => (
          <div key={card.id} className="duplicate" data-testid="duplicate">
            <span className="duplicate-who">
              <b className="ellipsis">{card.name}</b>
              <ClassChip value={card.class} />
              <span className="muted">{personLine(card, t, serverNow())}</span>
            </span>
            <span className="duplicate-where">
              <span>{card.phones.map(phone).join(t('customers.comma'))}</span>
              <span className="muted ellipsis">{[card.no, card.address_masked].filter(Boolean).join(' · ')}</span>
            </span>
            <span className="duplicate-why">
              {reasons.map((reason) => (
                <Chip key={reason}>{t(`customers.duplicates.reason.${reason}`, { defaultValue: reason })}</Chip>
              ))}
            </span>
            <Likelihood score={score} />
            <Button data-testid="compare" onClick={() => compare(card.id)}>
              {t('customers.duplicates.compare')}
            </Button>
          </div>
        ))}
      </Section>
      <Section icon="search" title={t('customers.duplicates.byHand')}>
        <FindOther not={record.id} onChoose={compare} />
      </Section>
      <p className="page-hint">
        <Icon name="info" /> {t('customers.duplicates.hint')}
      </p>
    </div>
  )
}

/** Bars and a word, as in the list of possible callers. */
function Likelihood({ score }: { score: number }) {
  const { t } = useTranslation()
  const level = likelihood(score)
  return (
    <span className="likelihood">
      <span className="likelihood-bars" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <i key={bar} data-on={bar <= level} />
        ))}
      </span>
      {t(`customers.duplicates.likely.${level}`)}
    </span>
  )
}
