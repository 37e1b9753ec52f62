import { Button, Checkbox } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useAction, usePages } from '@/shared/api/lists'
import { api } from '@/shared/api/client'
import type { Bulletin, BulletinReader } from '@/shared/api/colleagues'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { isOver, useReading } from './bulletins'

/** One bulletin whole. Opening it is reading it; confirming takes a press. */
export function BulletinSheet({ bulletin, onClose }: { bulletin: Bulletin; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const writes = useMay()('bulletins.write')
  const { busy, problem, read } = useReading()
  const withdrawing = useAction('/bulletins')
  const over = isOver(bulletin, now)
  const begun = Date.parse(bulletin.valid_from) <= now
  const unseen = bulletin.read_at === null && begun && !over
  useEffect(() => {
    if (unseen) void read(bulletin, false)
    // Once, when it is opened.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [bulletin.id])
  return (
    <Sheet
      title={bulletin.title}
      label={bulletin.title}
      testId="bulletin-sheet"
      marks={
        bulletin.importance === 'important' ? (
          <Chip tone="amber" icon="triangle">
            {t('bulletin.important')}
          </Chip>
        ) : undefined
      }
      onClose={onClose}
      foot={
        <>
          {bulletin.must_confirm && !bulletin.confirmed_at && begun && !over && (
            <Button type="primary" loading={busy} data-testid="bulletin-confirm" onClick={() => void read(bulletin, true)}>
              {t('bulletin.confirm')}
            </Button>
          )}
          {writes && !over && (
            <Confirm title={t('bulletin.reallyWithdraw')} hint={t('bulletin.withdrawHint')} verb={t('bulletin.withdraw')} disabled={withdrawing.busy} testId="bulletin-withdraw" onConfirm={() => void withdrawing.run(() => api.post(`/bulletins/${bulletin.id}/withdraw`))} />
          )}
        </>
      }
    >
      <p className="muted">
        {bulletin.author.name} · {dayTime(bulletin.valid_from, now, i18n.language)}
        {bulletin.valid_until && ` – ${dayTime(bulletin.valid_until, now, i18n.language)}`} · {t(`bulletin.for.${bulletin.audience}`)}
      </p>
      <p className="bulletin-text">{bulletin.text}</p>
      {problem !== null && <ErrorLine problem={problem} />}
      {withdrawing.problem !== null && <ErrorLine problem={withdrawing.problem} />}
      {writes && bulletin.receipts && <Receipts bulletin={bulletin} />}
    </Sheet>
  )
}

/** Who has read it and, first of all, who has not. */
function Receipts({ bulletin }: { bulletin: Bulletin }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const [missing, setMissing] = useState(true)
  const { query, rows } = usePages<BulletinReader>(`/bulletins/${bulletin.id}/readers`, { missing: String(missing) })
  const { meant = 0, read = 0, confirmed = 0 } = bulletin.receipts ?? {}
  return (
    <section className="bulletin-receipts" aria-label={t('bulletin.receipts')}>
      <h3>
        {t('bulletin.receipts')} <span data-testid="bulletin-count">{t(bulletin.must_confirm ? 'bulletin.countConfirmed' : 'bulletin.count', { meant, read, confirmed })}</span>
      </h3>
      <Checkbox checked={missing} onChange={({ target }) => setMissing(target.checked)}>
        {t('bulletin.onlyMissing')}
      </Checkbox>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      <ul>
        {rows.map((one) => (
          <li key={one.id}>
            <span>
              {one.name} <span className="muted">{one.number}</span>
            </span>
            <span className="muted">{one.confirmed_at ? t('bulletin.confirmedAt', { at: dayTime(one.confirmed_at, now, i18n.language) }) : one.read_at ? t('bulletin.readAt', { at: dayTime(one.read_at, now, i18n.language) }) : t('bulletin.notYet')}</span>
          </li>
        ))}
      </ul>
      {query.isSuccess && rows.length === 0 && <Empty>{t('bulletin.allRead')}</Empty>}
      {query.hasNextPage && (
        <button type="button" className="link" onClick={() => void query.fetchNextPage()}>
          {t('colleagues.more')}
        </button>
      )}
    </section>
  )
}
