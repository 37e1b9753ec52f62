import { Button, Popconfirm, Progress } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { serverNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { Errors } from './Errors'
import { KeptList } from './KeptList'
import { busy, type CustomerImport } from './model'

const counts = ['rows', 'created', 'updated', 'unchanged', 'skipped', 'rejected'] as const

/** The trial and the run: how far it is, what came of it, which rows were refused, and the way back. */
export function RunStep({ one, reload, onRemap }: { one: CustomerImport; reload: () => Promise<void>; onRemap: () => void }) {
  const { t, i18n } = useTranslation()
  const [acting, setActing] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const trial = one.dry !== false
  const act = async (name: string, body?: unknown) => {
    setActing(name)
    setProblem(null)
    try {
      await api.post(`/customers/imports/${one.id}/${name}`, body)
      await reload()
    } catch (error) {
      setProblem(error)
    } finally {
      setActing(null)
    }
  }
  const good = one.created + one.updated + one.unchanged
  return (
    <>
      {busy(one.state) && (
        <div className="run-progress">
          <Progress percent={Math.floor(one.progress * 100)} status="active" aria-label={t(`customers.imports.state.${one.state}`)} />
          <p className="muted" aria-live="polite">
            {t(one.rows_exact ? 'customers.imports.doneOf' : 'customers.imports.doneOfAbout', { done: one.done.toLocaleString(i18n.language), rows: one.rows.toLocaleString(i18n.language) })}
            {one.eta_seconds !== null && <> · {t('customers.imports.eta', { time: length(one.eta_seconds) })}</>}
          </p>
        </div>
      )}
      {one.state === 'failed' && <ErrorLine>{t('customers.imports.failed', { why: t(`problem.${one.failure?.code}`, { defaultValue: one.failure?.detail ?? t('problem.unknown') }) })}</ErrorLine>}
      <dl className="counts" data-testid="import-counts">
        {counts.map((name) => (
          <div key={name} className={name === 'rejected' && one.rejected > 0 ? 'text-red' : one[name] ? '' : 'count-none'} data-count={name} data-value={one[name] ?? 0}>
            <dt>{t(`customers.imports.${trial && name !== 'rows' && name !== 'rejected' ? 'would' : 'count'}.${name}`)}</dt>
            <dd>{(one[name] ?? 0).toLocaleString(i18n.language)}</dd>
          </div>
        ))}
      </dl>
      <p className="run-says">
        {one.state === 'checked' && t(one.rejected > 0 ? 'customers.imports.checkedSome' : 'customers.imports.checkedAll', { good: good.toLocaleString(i18n.language), rejected: one.rejected.toLocaleString(i18n.language) })}
        {one.state === 'done' && one.finished_at && t('customers.imports.doneAt', { time: dayTime(one.finished_at, serverNow(), i18n.language) })}
        {one.state === 'undone' && t(one.kept ? 'customers.imports.undoneKept' : 'customers.imports.undoneSays', { undone: one.undone.toLocaleString(i18n.language), kept: (one.kept ?? 0).toLocaleString(i18n.language) })}
        {one.state === 'cancelled' && t('customers.imports.cancelledSays')}
      </p>
      {problem !== null && <ErrorLine problem={problem} />}
      <div className="import-acts">
        {one.state === 'checked' && (
          <>
            <Button onClick={onRemap}>{t('customers.imports.remap')}</Button>
            <Button type="primary" loading={acting === 'run'} data-testid="import-run" disabled={good === 0} onClick={() => void act('run', { dry: false })}>
              {t('customers.imports.run', { rows: good.toLocaleString(i18n.language) })}
            </Button>
          </>
        )}
        {(one.state === 'mapped' || (one.dry !== false && ['failed', 'cancelled'].includes(one.state))) && (
          <Button onClick={onRemap}>{t('customers.imports.again')}</Button>
        )}
        {(one.state === 'checking' || one.state === 'running') && (
          <Button loading={acting === 'cancel'} onClick={() => void act('cancel')}>
            {t('customers.imports.stop')}
          </Button>
        )}
        {one.dry === false && ['done', 'cancelled', 'failed'].includes(one.state) && (
          <Popconfirm
            placement="bottomRight"
            title={t('customers.imports.undoAsk')}
            description={t('customers.imports.undoWhat')}
            okText={t('customers.imports.undo')}
            cancelText={t('customers.cancel')}
            okButtonProps={{ danger: true }}
            onConfirm={() => void act('undo')}
          >
            <Button loading={acting === 'undo'} icon={<Icon name="undo" />} data-testid="import-undo">
              {t('customers.imports.undo')}
            </Button>
          </Popconfirm>
        )}
      </div>
      {one.state === 'undone' && one.kept ? <KeptList id={one.id} /> : null}
      {one.rejected > 0 && !busy(one.state) && <Errors one={one} />}
    </>
  )
}
