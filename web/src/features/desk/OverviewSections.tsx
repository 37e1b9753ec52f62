import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useDispositionName } from '@/shared/api/dispositions'
import type { Account, Bill, CustomerOverview, Order, Product } from '@/shared/api/types'
import { money } from '@/shared/format/money'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { dayTime, day, length } from '@/shared/time/format'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Chip, Empty, Section, type Tone } from '@/shared/ui/parts'

const shown_first = 4

const statusTone: Record<string, { tone: Tone; icon: IconName }> = {
  active: { tone: 'ok', icon: 'checkCircle' },
  done: { tone: 'neutral', icon: 'check' },
  open: { tone: 'accent', icon: 'clock' },
  suspended: { tone: 'amber', icon: 'pause' },
  cancelled: { tone: 'neutral', icon: 'close' },
  overdue: { tone: 'red', icon: 'octagon' },
}

function Status({ code }: { code: string }) {
  const { t } = useTranslation()
  const look = statusTone[code]
  return (
    <Chip tone={look?.tone} icon={look?.icon}>
      {codeText(t, 'status', code)}
    </Chip>
  )
}

/** The first few rows and the rest on demand: an overview that needs no scrolling for most people. */
function useFew<T>(rows: readonly T[]): { rows: readonly T[]; more: React.ReactNode } {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const more = rows.length > shown_first && (
    <button type="button" className="link" onClick={() => setAll(!all)}>
      {t(all ? 'common.fewer' : 'common.all')}
    </button>
  )
  return { rows: all ? rows : rows.slice(0, shown_first), more }
}

export function Products({ products }: { products: Product[] }) {
  const { t } = useTranslation()
  const few = useFew(products)
  return (
    <Section icon="box" title={t('overview.products')} count={products.length} extra={few.more}>
      {products.length === 0 && <Empty>{t('overview.noProducts')}</Empty>}
      {few.rows.map((one) => (
        <div key={one.id} className="row">
          <span className="ellipsis">
            {one.name} {one.number && <span className="muted">{phone(one.number)}</span>}
          </span>
          <span className="row-side">
            <span className="row-optional">{t('overview.perMonth', { amount: money(one.price_minor, one.currency) })}</span>
            <Status code={one.status} />
          </span>
        </div>
      ))}
    </Section>
  )
}

/** 账务: balances, then the newest bills against the month before. */
export function Money({ accounts, bills }: { accounts: Account[]; bills: Bill[] }) {
  const { t, i18n } = useTranslation()
  const now = serverNow()
  const few = useFew(bills)
  return (
    <Section icon="receipt" title={t('overview.money')} extra={few.more}>
      {accounts.length === 0 && <Empty>{t('overview.noAccounts')}</Empty>}
      {accounts.map((one) => (
        <div key={one.id} className="row">
          <span className="ellipsis">
            {t('overview.balance')} <span className="muted">{codeText(t, 'accountKind', one.kind)} {one.no}</span>
          </span>
          <b className={one.balance_minor < 0 ? 'text-red' : undefined}>{money(one.balance_minor, one.currency)}</b>
        </div>
      ))}
      {few.rows.map((bill) => {
        const before = bills.find((other) => other.account_id === bill.account_id && other.month < bill.month)
        const change = before ? bill.total_minor - before.total_minor : 0
        const late = bill.paid_on === null && Date.parse(bill.due_on) + 86_400_000 < now
        return (
          <div key={bill.id} className="row" title={bill.lines.map((line) => `${line.label} ${money(line.amount_minor, bill.currency)}`).join('\n')}>
            <span className="ellipsis">
              {t('overview.billOf', { month: monthName(bill.month, t) })}{' '}
              <span className={late ? 'text-red' : bill.paid_on ? 'muted' : 'text-amber'}>
                {bill.paid_on ? t('overview.paid', { day: day(bill.paid_on, now, i18n.language) }) : t(late ? 'overview.late' : 'overview.due', { day: day(bill.due_on, now, i18n.language) })}
              </span>
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
      })}
    </Section>
  )
}

function monthName(month: string, t: (key: string) => string): string {
  return t(`month.${Number(month.slice(5, 7))}`)
}

/** What it was about if an agent said so, else where it got to and how it ended. */
function contactText(one: CustomerOverview['contacts'][number], t: (key: string) => string, dispositionName: (code: string) => string): string {
  if (one.disposition) return dispositionName(one.disposition)
  const end = codeText(t, 'ended', one.end_reason) || codeText(t, 'state', one.state)
  return [one.agent ? '' : one.queue?.name, end].filter(Boolean).join(' · ')
}

const channelIcon: Record<string, IconName> = { voice: 'phone', chat: 'message', sms: 'message', email: 'mail' }

export function Contacts({ contacts, onOpen }: { contacts: CustomerOverview['contacts']; onOpen?: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const dispositionName = useDispositionName()
  const few = useFew(contacts)
  const now = serverNow()
  return (
    <Section icon="clock" title={t('overview.contacts')} count={contacts.length} extra={few.more}>
      {contacts.length === 0 && <Empty>{t('overview.noContacts')}</Empty>}
      {few.rows.map((one) => (
        <ContactRow key={one.id} id={one.id} onOpen={onOpen}>
          <span className="row-lead">
            {one.started_at && <time className="muted">{dayTime(one.started_at, now, i18n.language)}</time>}
            <Icon name={channelIcon[one.channel ?? ''] ?? 'phone'} size={14} className="muted" />
            <span className="ellipsis">
              {contactText(one, t, dispositionName)}
            </span>
          </span>
          <span className="row-side">
            <span>{one.agent ? `${one.agent.name} ${one.agent.number ?? ''}` : one.queue ? '' : t('overview.selfService')}</span>
            {one.talk_seconds ? <Chip>{length(one.talk_seconds)}</Chip> : null}
          </span>
        </ContactRow>
      ))}
    </Section>
  )
}

/** A row that opens the contact's trail where the page around has room for it. */
function ContactRow({ id, onOpen, children }: { id: string; onOpen?: (id: string) => void; children: React.ReactNode }) {
  if (!onOpen) return <div className="row">{children}</div>
  return (
    <button type="button" className="row row-button" data-testid="contact" onClick={() => onOpen(id)}>
      {children}
    </button>
  )
}

export function Orders({ orders }: { orders: Order[] }) {
  const { t, i18n } = useTranslation()
  const few = useFew(orders)
  const now = serverNow()
  return (
    <Section icon="cart" title={t('overview.orders')} count={orders.length} extra={few.more}>
      {orders.length === 0 && <Empty>{t('overview.noOrders')}</Empty>}
      {few.rows.map((one) => (
        <div key={one.id} className="row">
          <span className="row-lead">
            <time className="muted">{day(one.ordered_at, now, i18n.language)}</time>
            <span className="ellipsis">
              {one.subject} <span className="muted">{one.no}</span>
            </span>
          </span>
          <Status code={one.status} />
        </div>
      ))}
    </Section>
  )
}
