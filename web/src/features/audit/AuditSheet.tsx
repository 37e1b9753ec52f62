import { useTranslation } from 'react-i18next'

import type { AuditEntry } from '@/shared/api/admin'
import { serverNow } from '@/shared/time/clock'
import { clock, day } from '@/shared/time/format'
import { Section } from '@/shared/ui/parts'
import { Copyable } from '@/shared/ui/Secrets'
import { Sheet } from '@/shared/ui/Sheet'
import type { AuditFilter } from './filter'
import { actionText, objectKind, objectParts } from './words'

/** One deed in full; its parts lead to what else was done by the same person or to the same thing. */
export function AuditSheet({ entry, onClose, onFilter }: { entry: AuditEntry; onClose: () => void; onFilter: (filter: AuditFilter) => void }) {
  const { t, i18n } = useTranslation()
  const { person, token } = entry
  const parts = objectParts(entry.object)
  const data = Object.entries(entry.data ?? {})
  return (
    <Sheet title={actionText(entry.action, t)} label={t('admin.audit.detail')} testId="audit-sheet" onClose={onClose}>
      <dl className="pairs">
        <dt>{t('admin.audit.time')}</dt>
        <dd>
          {day(entry.at, serverNow(), i18n.language)} {clock(entry.at)}
        </dd>
        <dt>{t('admin.audit.person')}</dt>
        <dd>
          {person ? (
            <button type="button" className="link" onClick={() => onFilter({ person: person.id })}>
              {person.name} <span className="muted">{person.username}</span>
            </button>
          ) : (
            t(token ? 'admin.audit.byToken' : 'admin.audit.system', { name: token })
          )}
          {person && token && <span className="muted"> · {t('admin.audit.byToken', { name: token })}</span>}
        </dd>
        {parts && (
          <>
            <dt>{t('admin.audit.object')}</dt>
            <dd>
              <button type="button" className="link" onClick={() => onFilter({ object: entry.object ?? undefined })}>
                {objectKind(parts.kind, t)}
              </button>{' '}
              <code>{parts.id}</code>
            </dd>
          </>
        )}
        <dt>{t('admin.audit.source')}</dt>
        <dd>{entry.source ?? <span className="muted">{t('admin.common.none')}</span>}</dd>
        <dt>{t('admin.audit.request')}</dt>
        <dd>{entry.request_id ? <Copyable value={entry.request_id} testId="audit-request" /> : <span className="muted">{t('admin.common.none')}</span>}</dd>
        <dt>{t('admin.audit.code')}</dt>
        <dd>
          <code>{entry.action}</code>
        </dd>
      </dl>
      <Section icon="list" title={t('admin.audit.data')}>
        {data.length === 0 ? (
          <p className="empty">{t('admin.common.none')}</p>
        ) : (
          <dl className="pairs">
            {data.map(([name, value]) => (
              <Pair key={name} name={name} value={value} />
            ))}
          </dl>
        )}
      </Section>
    </Sheet>
  )
}

function Pair({ name, value }: { name: string; value: unknown }) {
  const { t } = useTranslation()
  const words = Array.isArray(value) && value.every((one) => typeof one === 'string')
  return (
    <>
      <dt>{t(`admin.dataKey.${name}`, { defaultValue: name })}</dt>
      <dd>
        {words ? (
          (value as string[]).map((one) => t(`admin.dataKey.${one}`, { defaultValue: one })).join(t('admin.common.and')) || <span className="muted">{t('admin.common.none')}</span>
        ) : typeof value === 'boolean' ? (
          t(value ? 'admin.common.yes' : 'admin.common.no')
        ) : value === null ? (
          <span className="muted">{t('admin.common.none')}</span>
        ) : (
          <code>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</code>
        )}
      </dd>
    </>
  )
}
