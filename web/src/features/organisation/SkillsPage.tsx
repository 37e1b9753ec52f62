import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Skill } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAll } from '@/shared/api/lists'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { ThingDialog } from '@/shared/ui/ThingDialog'

/** 技能: what contacts may ask for; who has it is said at each person. */
export function SkillsPage({ onPeople }: { onPeople: (filter: { skill: string }) => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const writes = may('organisation.write')
  const skills = useAll<Skill>('/skills')
  const [open, setOpen] = useState<Skill | 'new' | null>(null)
  const skill = open === 'new' ? null : open
  const columns: Column<Skill>[] = [
    { id: 'name', title: t('admin.common.name'), track: 'minmax(120px, 1fr)', render: (row) => row.name },
    { id: 'name-en', title: t('admin.common.nameEn'), track: 'minmax(120px, 1fr)', render: (row) => row.name_en },
    { id: 'code', title: t('admin.common.code'), track: '160px', render: (row) => <span className="muted">{row.code}</span> },
    {
      id: 'people',
      title: t('admin.skills.people'),
      track: '64px',
      right: true,
      render: (row) => (
        <button
          type="button"
          className="link"
          aria-label={`${row.name} ${t('admin.common.people', { count: row.people })}`}
          onClick={(event) => {
            event.stopPropagation()
            onPeople({ skill: row.id })
          }}
        >
          {row.people}
        </button>
      ),
    },
  ]
  return (
    <div className="admin">
      <div className="admin-main admin-narrow" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('admin.skills.title')}</h1>
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="skill-new" onClick={() => setOpen('new')}>
                {t('admin.skills.add')}
              </Button>
            </span>
          )}
        </header>
        <DataTable label={t('admin.skills.title')} columns={columns} rows={skills.rows} rowId={(row) => row.id} source={skills.query} onOpen={writes ? setOpen : undefined} empty={t('admin.skills.empty')} testId="skills" />
      </div>
      {open && (
        <ThingDialog
          title={skill ? skill.name : t('admin.skills.add')}
          thing={skill}
          english
          renew={['/skills', '/people']}
          testId="skill"
          onClose={() => setOpen(null)}
          save={(thing) => (skill ? api.patch(`/skills/${skill.id}`, thing) : api.post('/skills', thing))}
          remove={skill ? () => api.delete(`/skills/${skill.id}`) : undefined}
        />
      )}
    </div>
  )
}
