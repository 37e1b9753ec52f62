import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Group, Site } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { Field } from '@/shared/ui/Field'
import { ThingDialog } from '@/shared/ui/ThingDialog'
import { linesOf } from './tree'

export function GroupDialog({ group, site, sites, onClose }: { group: Group | null; site: string | null; sites: readonly Site[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [siteId, setSiteId] = useState(group ? group.site_id : site)
  return (
    <ThingDialog
      title={group ? group.name : t('admin.organisation.addGroup')}
      thing={group}
      renew={['/groups', '/people']}
      testId="group"
      onClose={onClose}
      save={(thing) => (group ? api.patch(`/groups/${group.id}`, { ...thing, site_id: siteId }) : api.post('/groups', { ...thing, site_id: siteId }))}
      remove={group ? () => api.delete(`/groups/${group.id}`) : undefined}
    >
      <Field id="group-site" label={t('admin.organisation.site')}>
        <Select
          id="group-site"
          value={siteId ?? ''}
          showSearch={{ optionFilterProp: 'name' }}
          options={[
            { value: '', label: t('admin.organisation.anySite'), name: '' },
            ...linesOf(sites).map((node) => ({ value: node.site.id, name: node.site.name, label: <span style={{ paddingLeft: node.depth * 14 }}>{node.site.name}</span> })),
          ]}
          onChange={(id: string) => setSiteId(id || null)}
        />
      </Field>
    </ThingDialog>
  )
}
