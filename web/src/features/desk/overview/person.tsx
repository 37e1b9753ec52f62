import { useTranslation } from 'react-i18next'

import { money } from '@/shared/format/money'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Chip } from '@/shared/ui/parts'
import { Box, Rows, Status, TroubleLine } from './Box'
import { useSection, type Loaded, type View, type Worth } from './sections'

const few = 2

/** Whole years since a day. */
export function years(since: string, now: number): number {
  const [from, to] = [new Date(since), new Date(now)]
  const before = to.getMonth() < from.getMonth() || (to.getMonth() === from.getMonth() && to.getDate() < from.getDate())
  return Math.max(0, to.getFullYear() - from.getFullYear() - (before ? 1 : 0))
}

export function RelationsBox({ view }: { view: View }) {
  const { t } = useTranslation()
  const of = useSection(view, 'relations')
  return (
    <Box name="relations" icon="home" title={t('view.relations')} count={of.items?.length} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('view.noRelations')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="ellipsis">
                  <span className="muted">{codeText(t, 'view.relation', one.kind)}</span> {one.name} {one.phone && <span className="muted">{phone(one.phone)}</span>}
                </span>
                <CustomerClass value={one.class} short />
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

export function ConsentsBox({ view }: { view: View }) {
  const { t } = useTranslation()
  const of = useSection(view, 'consents')
  return (
    <Box name="consents" icon="shield" title={t('view.consents')} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('view.noConsents')}>
          {(items) =>
            items.map((one) => (
              <div key={`${one.channel}/${one.purpose}`} className="row">
                <span className="ellipsis">{t('view.consent', { channel: codeText(t, 'view.channel', one.channel), purpose: codeText(t, 'view.purpose', one.purpose) })}</span>
                <Status tone={one.allowed ? 'ok' : 'amber'} icon={one.allowed ? 'checkCircle' : 'stop'}>
                  {t(one.allowed ? 'view.allowed' : 'view.refused')}
                </Status>
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

/** 未结回呼: calls that we owe them. */
export function CallbacksBox({ view }: { view: View }) {
  const { t, i18n } = useTranslation()
  const of = useSection(view, 'callbacks')
  const now = serverNow()
  return (
    <Box name="callbacks" icon="phone" title={t('view.callbacks')} count={of.items?.length} more={(of.items?.length ?? 0) > few}>
      {(all) => (
        <Rows of={of} rows={few} all={all} empty={t('view.noCallbacks')}>
          {(items) =>
            items.map((one) => (
              <div key={one.id} className="row">
                <span className="row-lead">
                  <time className={Date.parse(one.due_at) < now ? 'text-red' : 'muted'}>{dayTime(one.due_at, now, i18n.language)}</time>
                  <span className="ellipsis" title={one.note}>
                    {t(`trail.owed.${one.kind}`)} {one.note && <span className="muted">{one.note}</span>}
                  </span>
                </span>
                <span className="row-side muted">{one.agent?.name ?? one.queue?.name}</span>
              </div>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

export function ValueBox({ view }: { view: View }) {
  const { t } = useTranslation()
  const of = useSection(view, 'value')
  return (
    <Box name="value" icon="signal" title={t('view.value')}>
      {() => (
        <Rows of={of} rows={few} empty="">
          {([worth]) => worth && <Worthy of={of} worth={worth} />}
        </Rows>
      )}
    </Box>
  )
}

function Worthy({ of, worth }: { of: Loaded<Worth>; worth: Worth }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row">
        <span className="ellipsis">
          {t('view.years', { count: years(worth.since, serverNow()) })}
          {worth.monthly_minor !== null && <span className="muted"> {t('view.monthly', { amount: money(worth.monthly_minor, worth.currency ?? undefined) })}</span>}
        </span>
        <CustomerClass value={worth.class} />
      </div>
      {of.trouble ? (
        <TroubleLine of={of} />
      ) : (
        <div className="row">
          <span className="ellipsis">{t('view.recent', { count: worth.contacts_90_days })}</span>
          {worth.owed_minor ? <Status tone="amber" icon="triangle">{t('view.owed', { amount: money(worth.owed_minor, worth.currency ?? undefined) })}</Status> : <Status>{t('view.nothingOwed')}</Status>}
        </div>
      )}
    </>
  )
}

/** For the very important: whose customer they are, what they are worth, and what to mind, before anything else. */
export function VipBar({ view, warnings }: { view: View; warnings: readonly string[] }) {
  const { t } = useTranslation()
  const of = useSection(view, 'value')
  return (
    <section className="vip" aria-label={t('view.vip')} data-testid="vip" data-box="vip">
      <Rows of={of} rows={few} empty="">
        {([worth]) =>
          worth && (
            <>
              <div className="row">
                <span className="row-lead">
                  <Icon name="crown" className="text-gold" />
                  <b>{worth.manager ? t('view.manager', { name: worth.manager.name, number: worth.manager.number ?? '' }) : t('view.noManager')}</b>
                </span>
                <span className="row-side">
                  <span>{t('view.years', { count: years(worth.since, serverNow()) })}</span>
                  {worth.monthly_minor !== null && <b>{t('view.monthly', { amount: money(worth.monthly_minor, worth.currency ?? undefined) })}</b>}
                </span>
              </div>
              <div className="row">
                <span className="row-lead">
                  {warnings.length === 0 && <span className="muted">{t('view.noWarnings')}</span>}
                  {warnings.map((warning) => (
                    <Chip key={warning} tone="amber" icon="triangle" title={warning}>
                      {warning}
                    </Chip>
                  ))}
                </span>
                <span className="row-side muted">{t('view.recent', { count: worth.contacts_90_days })}</span>
              </div>
            </>
          )
        }
      </Rows>
    </section>
  )
}
