import { useTranslation } from 'react-i18next'

import { money } from '@/shared/format/money'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { day, dayTime } from '@/shared/time/format'
import type { IconName } from '@/shared/ui/icons'
import { Box, Rows, Status } from './Box'
import { useBusinessRecords, useSection, type Bill, type View } from './sections'

const rows = 4
const few = 2

type Tone = 'ok' | 'accent' | 'amber' | 'neutral'
const statuses: Record<string, { tone: Tone; icon: IconName }> = {
  active: { tone: 'ok', icon: 'checkCircle' },
  done: { tone: 'neutral', icon: 'check' },
  open: { tone: 'accent', icon: 'clock' },
  suspended: { tone: 'amber', icon: 'pause' },
  cancelled: { tone: 'neutral', icon: 'close' },
}

function Code({ code }: { code: string }) {
  const { t } = useTranslation()
  return (
    <Status tone={statuses[code]?.tone} icon={statuses[code]?.icon}>
      {codeText(t, 'status', code)}
    </Status>
  )
}

export function ProductsBox({ view }: { view: View }) {
  const { t } = useTranslation()
  const of = useSection(view, 'products')
  return (
    <Box name="products" icon="box" title={t('overview.products')} count={of.items?.length} more={(of.items?.length ?? 0) > rows}>
      {(all) => (
        <Rows of={of} rows={rows} all={all} empty={t('overview.noProducts')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="ellipsis" title={one.name}>
                  {one.name} {one.number && <span className="muted">{phone(one.number)}</span>}
                </span>
                <span className="row-side">
                  <span className="row-optional">{t('overview.perMonth', { amount: money(one.price_minor, one.currency) })}</span>
                  <Code code={one.status} />
                </span>
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

/** 账务: what is left on the accounts, then the newest bills; the last six months as bars. */
export function MoneyBox({ view }: { view: View }) {
  const { t } = useTranslation()
  const accounts = useSection(view, 'accounts')
  const bills = useSection(view, 'bills')
  // What is wrong with both is said once.
  const both = accounts.trouble !== null && accounts.trouble === bills.trouble
  const retry = () => {
    accounts.retry()
    bills.retry()
  }
  const billed = bills.items ?? []
  return (
    <Box
      name="money"
      icon="receipt"
      title={t('overview.money')}
      extra={billed.length > 1 && <Months bills={billed} />}
      more={billed.length > rows - 1 || (accounts.items?.length ?? 0) > 1}
    >
      {(all) => (
        <>
          <Rows of={both ? { ...accounts, retry } : accounts} rows={1} all={all} empty={t('overview.noAccounts')}>
            {(items) =>
              items.map((one) => (
                <div key={one.id} className="row">
                  <span className="ellipsis">
                    {t('overview.balance')}{' '}
                    <span className="muted">
                      {codeText(t, 'accountKind', one.kind)} {one.no}
                    </span>
                  </span>
                  <b className={one.balance_minor < 0 ? 'text-red' : undefined}>{money(one.balance_minor, one.currency)}</b>
                </div>
              ))
            }
          </Rows>
          <Rows of={both ? { ...bills, trouble: null } : bills} rows={rows - 1} all={all} empty={t('view.noBills')}>
            {(items) => items.map((bill) => <BillRow key={bill.id} bill={bill} bills={billed} />)}
          </Rows>
        </>
      )}
    </Box>
  )
}

function BillRow({ bill, bills }: { bill: Bill; bills: Bill[] }) {
  const { t, i18n } = useTranslation()
  const now = serverNow()
  const before = bills.find((other) => other.account_id === bill.account_id && other.month < bill.month)
  const change = before ? bill.total_minor - before.total_minor : 0
  const late = bill.paid_on === null && Date.parse(bill.due_on) + 86_400_000 < now
  const state = bill.paid_on ? 'muted' : late ? 'text-red' : 'text-amber'
  const words = bill.paid_on ? t('overview.paid', { day: day(bill.paid_on, now, i18n.language) }) : t(late ? 'overview.late' : 'overview.due', { day: day(bill.due_on, now, i18n.language) })
  return (
    <div className="row" title={bill.lines.map((line) => `${line.label} ${money(line.amount_minor, bill.currency)}`).join('\n')}>
      <span className="ellipsis">
        {t('overview.billOf', { month: t(`month.${Number(bill.month.slice(5, 7))}`) })} <span className={state}>{words}</span>
      </span>
      <span className="row-side">
        {change !== 0 && (
          <span className={`row-optional ${change > 0 ? 'text-amber' : 'muted'}`}>
            {t('overview.change', { amount: `${change > 0 ? '+' : '−'}${money(Math.abs(change), bill.currency).replace(/^\S+ /, '')}` })}
          </span>
        )}
        <b>{money(bill.total_minor, bill.currency)}</b>
      </span>
    </div>
  )
}

/** Six bills, the oldest left; how much each was stands in words for whoever does not see bars. */
function Months({ bills }: { bills: Bill[] }) {
  const { t } = useTranslation()
  const last = bills.slice(0, 6).toReversed()
  const most = Math.max(1, ...last.map((bill) => bill.total_minor))
  const words = last.map((bill) => `${t(`month.${Number(bill.month.slice(5, 7))}`)} ${money(bill.total_minor, bill.currency)}`).join('\n')
  return (
    <span className="months" role="img" aria-label={words} title={words}>
      {last.map((bill) => (
        <i key={bill.id} style={{ height: `${Math.max(8, Math.round((Math.max(0, bill.total_minor) / most) * 100))}%` }} />
      ))}
    </span>
  )
}

export function PaymentsBox({ view }: { view: View }) {
  const { t, i18n } = useTranslation()
  const of = useSection(view, 'payments')
  const now = serverNow()
  return (
    <Box name="payments" icon="check" title={t('view.payments')} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('view.noPayments')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="row-lead">
                  <time className="muted">{day(one.paid_on, now, i18n.language)}</time>
                  <span className="ellipsis">{codeText(t, 'view.method', one.method) || t('view.paid')}</span>
                </span>
                <b>{money(one.amount_minor, one.currency)}</b>
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

export function OrdersBox({ view }: { view: View }) {
  const { t, i18n } = useTranslation()
  const of = useSection(view, 'orders')
  const now = serverNow()
  return (
    <Box name="orders" icon="cart" title={t('overview.orders')} count={of.items?.length} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('overview.noOrders')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="row-lead">
                  <time className="muted">{day(one.ordered_at, now, i18n.language)}</time>
                  <span className="ellipsis" title={one.no}>
                    {one.subject} <span className="muted">{one.no}</span>
                  </span>
                </span>
                <Code code={one.status} />
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

/** 已办业务: what agents did for the customer here. */
export function RecordsBox({ view }: { view: View }) {
  const { t, i18n } = useTranslation()
  const of = useBusinessRecords(view)
  const now = serverNow()
  return (
    <Box name="records" icon="list" title={t('view.records')} count={of.items?.length} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('view.noRecords')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="row-lead">
                  <time className="muted">{dayTime(one.submitted_at, now, i18n.language)}</time>
                  <span className="ellipsis">
                    {i18n.language === 'en' ? one.name_en || one.name : one.name} <span className="muted">{one.no}</span>
                  </span>
                </span>
                <span className="row-side muted">{one.submitted_by.name}</span>
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}
