import { useQueries, useQueryClient } from '@tanstack/react-query'
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Member, Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { everything, useAll } from '@/shared/api/lists'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Empty, ErrorLine, Section } from '@/shared/ui/parts'

const levels = [1, 2, 3, 4, 5]

/** Whose queues; each change counts at once, apart from the form around it. */
export function QueuesEditor({ personId }: { personId: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const queries = useQueryClient()
  const [problem, setProblem] = useState<unknown>(null)
  const { rows: queues } = useAll<Queue>('/queues')
  const members = useQueries({
    queries: queues.map(({ id }) => ({
      queryKey: [`/queues/${id}/members`, 'all'],
      queryFn: ({ signal }: { signal: AbortSignal }) => everything<Member>(`/queues/${id}/members`, signal),
      staleTime: 5_000,
    })),
  })
  const levelIn = (place: number) => members[place]?.data?.find(({ person_id: id }) => id === personId)?.level
  const mine = queues.flatMap((queue, place) => {
    const level = levelIn(place)
    return level === undefined ? [] : [{ queue, level }]
  })
  const free = queues.filter((queue) => !mine.some((one) => one.queue === queue))
  const writes = may('queues.write')

  const change = async (queueId: string, level: number | null) => {
    setProblem(null)
    try {
      const path = `/queues/${queueId}/members/${personId}`
      await (level === null ? api.delete(path) : api.put(path, { level }))
    } catch (error) {
      setProblem(error)
    }
    await queries.invalidateQueries({ queryKey: [`/queues/${queueId}/members`] })
    void queries.invalidateQueries({ queryKey: ['/queues'] })
  }

  return (
    <Section icon="queue" title={t('admin.people.queues')} count={mine.length || undefined} extra={<span className="line-minor">{t('admin.queues.saved')}</span>}>
      <div className="lines">
        {mine.length === 0 && <Empty>{t('admin.people.noQueues')}</Empty>}
        {mine.map(({ queue, level }) => (
          <div key={queue.id} className="line">
            <span className="line-name ellipsis">{queue.name}</span>
            <Segmented
              size="small"
              value={level}
              disabled={!writes}
              aria-label={t('admin.people.levelOf', { name: queue.name })}
              options={[...new Set([...levels, level])].toSorted((a, b) => a - b).map((value) => ({ value, label: value }))}
              onChange={(value) => void change(queue.id, value)}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`${t('admin.common.remove')} ${queue.name}`}
              title={t('admin.common.remove')}
              disabled={!writes}
              onClick={() => void change(queue.id, null)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
        {problem !== null && <ErrorLine problem={problem} />}
        {writes && free.length > 0 && (
          <div className="line-add">
            <Select
              className="add-select"
              size="small"
              value={null}
              placeholder={t('admin.people.addQueue')}
              aria-label={t('admin.people.addQueue')}
              options={free.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(id: string | null) => id && void change(id, 1)}
            />
          </div>
        )}
      </div>
    </Section>
  )
}
