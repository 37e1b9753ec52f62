import { useQuery } from '@tanstack/react-query'
import { InputNumber, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Member, PersonRow, Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import type { AgentDocument, Page } from '@/shared/api/types'
import { useDocuments } from '@/shared/live/store'
import { agentLook } from '@/shared/ui/agentState'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { usePatience } from '@/shared/ui/usePatience'

const levels = [1, 2, 3, 4, 5]

/** Who serves the queue, and what each of them does right now; every change counts at once and can be taken back. */
export function Members({ queue, writes, strategy }: { queue: Queue; writes: boolean; strategy: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const path = `/queues/${queue.id}/members`
  const { query, rows } = useAll<Member>(path)
  const { problem, run } = useAction('/queues')
  const patience = usePatience(query.isPending)
  const docs = useDocuments()
  const put = (personId: string, level: number, position?: number) => run(() => api.put(`${path}/${personId}`, position === undefined ? { level } : { level, position }))
  const ordered = strategy === 'fixed_order'
  const sorted = ordered ? rows.toSorted((a, b) => a.position - b.position || a.name.localeCompare(b.name)) : rows
  const remove = async (member: Member) => {
    const { ok } = await run(() => api.delete(`${path}/${member.person_id}`))
    if (ok) toast(t('admin.queues.removed', { name: member.name, queue: queue.name }), 'ok', { label: t('admin.people.undo'), act: () => void put(member.person_id, member.level, member.position) })
  }
  return (
    <Section icon="people" title={t('admin.queues.members')} count={rows.length || undefined} extra={strategy === 'most_skilled' && <span className="line-minor">{t('admin.queues.levelHint')}</span>}>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && patience !== 'none' && <Skeleton />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('admin.queues.noMembers')}</Empty>}
      {writes && may('people.read') && <Add taken={rows} onAdd={(id) => void put(id, 1)} />}
      {problem !== null && <ErrorLine problem={problem} />}
      <div className="lines" data-testid="members">
        {sorted.map((member) => {
          const agent = docs.get(`agent/${member.person_id}`) as AgentDocument | undefined
          const look = agentLook[agent?.state ?? 'offline']
          return (
            <div key={member.person_id} className="line">
              <span className="line-name ellipsis" title={member.name}>
                {member.name} <span className="muted">{member.number}</span>
              </span>
              {agent && (
                <Chip tone={look.tone} icon={look.icon}>
                  {t(`agent.${agent.state}`)}
                </Chip>
              )}
              {ordered && (
                <InputNumber
                  size="small"
                  className="member-position"
                  value={member.position}
                  min={1}
                  max={999}
                  precision={0}
                  disabled={!writes}
                  prefix={<span className="line-minor">{t('queueSet.position')}</span>}
                  aria-label={t('queueSet.positionOf', { name: member.name })}
                  onBlur={({ target }) => {
                    const position = Number(target.value)
                    if (position >= 1 && position <= 999 && position !== member.position) void put(member.person_id, member.level, position)
                  }}
                  onPressEnter={({ currentTarget }) => currentTarget.blur()}
                />
              )}
              <Segmented
                size="small"
                value={member.level}
                disabled={!writes}
                aria-label={t('admin.people.levelOf', { name: member.name })}
                options={[...new Set([...levels, member.level])].toSorted((a, b) => a - b).map((value) => ({ value, label: value }))}
                onChange={(level) => void put(member.person_id, level)}
              />
              {writes && (
                <button type="button" className="icon-button" aria-label={`${t('admin.common.remove')} ${member.name}`} title={t('admin.common.remove')} onClick={() => void remove(member)}>
                  <Icon name="close" />
                </button>
              )}
            </div>
          )
        })}
      </div>
    </Section>
  )
}

/** Those with a number who are not in yet, found by typing. */
function Add({ taken, onAdd }: { taken: readonly Member[]; onAdd: (id: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const found = useQuery({
    queryKey: ['/people', 'members', text],
    queryFn: ({ signal }) => api.get<Page<PersonRow>>('/people', { q: text.trim(), active: 'true', limit: 50 }, signal),
    placeholderData: (before) => before,
    staleTime: 10_000,
  })
  const free = (found.data?.items ?? []).filter((person) => person.number && !taken.some((one) => one.person_id === person.id))
  return (
    <div className="line-add">
      <Select
        className="add-select add-member"
        size="small"
        value={null}
        showSearch={{ filterOption: false, onSearch: setText }}
        placeholder={t('admin.queues.addMember')}
        aria-label={t('admin.queues.addMember')}
        notFoundContent={found.isFetching ? null : t('admin.common.nothingFound')}
        options={free.map(({ id, name, number }) => ({ value: id, label: `${name} ${number}` }))}
        onChange={(id: string | null) => id && onAdd(id)}
      />
    </div>
  )
}
