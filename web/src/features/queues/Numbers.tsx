import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { AccessNumber, FlowRef } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import { Confirm } from '@/shared/ui/Confirm'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'

/** 接入号码: what callers dial, and the flow that answers. */
export function Numbers({ writes }: { writes: boolean }) {
  const { t } = useTranslation()
  const { query, rows } = useAll<AccessNumber>('/access-numbers')
  const flows = useAll<FlowRef>('/flows').rows
  const { busy, problem, run } = useAction('/access-numbers')
  const patience = usePatience(query.isPending)
  const [number, setNumber] = useState('')
  const [flow, setFlow] = useState<string | null>(null)
  const [tried, setTried] = useState(false)
  const wrong = !/^\d{2,20}$/.test(number.trim())
  // What was never published answers nothing.
  const options = flows.filter(({ published }) => published !== null).map(({ code, name }) => ({ value: code, label: name }))
  const put = (one: string, code: string) => run(() => api.put(`/access-numbers/${one}`, { flow: code }))
  const add = async () => {
    setTried(true)
    if (wrong || !flow || busy) return
    const { ok } = await put(number.trim(), flow)
    if (!ok) return
    setNumber('')
    setFlow(null)
    setTried(false)
  }
  return (
    <div className="numbers" data-region="numbers">
      <header className="admin-head">
        <h2 className="page-title">{t('admin.queues.numbers')}</h2>
      </header>
      <div className="numbers-body">
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && patience !== 'none' && <Skeleton />}
        {query.isSuccess && rows.length === 0 && <Empty>{t('admin.queues.noNumbers')}</Empty>}
        <div className="lines" data-testid="numbers">
          {rows.map((row) => (
            <div key={row.number} className="line">
              <b className="line-name">{row.number}</b>
              <Select
                size="small"
                className="number-flow"
                value={row.flow}
                disabled={!writes || busy}
                aria-label={`${row.number} ${t('admin.queues.flow')}`}
                options={options.some(({ value }) => value === row.flow) ? options : [{ value: row.flow, label: row.flow }, ...options]}
                onChange={(code: string) => void put(row.number, code)}
              />
              {writes && (
                <Confirm
                  title={t('admin.common.reallyRemove', { name: row.number })}
                  hint={t('admin.queues.numberOff')}
                  verb={t('admin.common.remove')}
                  disabled={busy}
                  onConfirm={() => void run(() => api.delete(`/access-numbers/${row.number}`))}
                />
              )}
            </div>
          ))}
        </div>
        {writes && (
          <form
            className="number-add"
            onSubmit={(event) => {
              event.preventDefault()
              void add()
            }}
          >
            <Input
              size="small"
              value={number}
              inputMode="numeric"
              placeholder={t('admin.queues.number')}
              aria-label={t('admin.queues.number')}
              status={tried && wrong ? 'error' : undefined}
              onChange={(event) => setNumber(event.target.value)}
            />
            <Select
              size="small"
              value={flow}
              placeholder={t('admin.queues.flow')}
              aria-label={t('admin.queues.flow')}
              status={tried && !flow ? 'error' : undefined}
              options={options}
              onChange={setFlow}
            />
            <Button size="small" htmlType="submit" loading={busy} icon={<Icon name="plus" size={14} />}>
              {t('admin.queues.addNumber')}
            </Button>
          </form>
        )}
        {tried && wrong && <ErrorLine>{t('admin.queues.numberWrong')}</ErrorLine>}
        {tried && !wrong && !flow && <ErrorLine>{t('admin.queues.flowMissing')}</ErrorLine>}
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
    </div>
  )
}
