import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Site, SiteKind } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { Field } from '@/shared/ui/Field'
import { ThingDialog } from '@/shared/ui/ThingDialog'
import { below, kinds, linesOf, subtree } from './tree'

interface Props {
  site: Site | null
  /** Where a new one goes. */
  parent: Site | null
  sites: readonly Site[]
  onClose: () => void
}

/** A new site, or another name, kind or place in the tree for one. */
export function SiteDialog({ site, parent, sites, onClose }: Props) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<SiteKind>(site?.kind ?? (parent ? below(parent.kind) : 'province'))
  const [parentId, setParentId] = useState(site ? site.parent_id : (parent?.id ?? null))
  const own = site ? subtree(sites, site.id) : new Set<string>()
  const possible = linesOf(sites).filter((node) => !own.has(node.site.id) && kinds.indexOf(node.site.kind) < kinds.indexOf(kind))
  return (
    <ThingDialog
      title={site ? site.name : t('admin.organisation.addSite')}
      thing={site}
      renew={['/sites', '/people', '/groups']}
      testId="site"
      onClose={onClose}
      save={(thing) => (site ? api.patch(`/sites/${site.id}`, { ...thing, kind, parent_id: parentId }) : api.post('/sites', { ...thing, kind, parent_id: parentId }))}
      remove={site ? () => api.delete(`/sites/${site.id}`) : undefined}
    >
      <Field id="site-kind" label={t('admin.organisation.kind')}>
        <Select
          id="site-kind"
          value={kind}
          options={kinds.map((value) => ({ value, label: t(`admin.organisation.${value}`) }))}
          onChange={(value: SiteKind) => {
            setKind(value)
            const above = sites.find(({ id }) => id === parentId)
            if (above && kinds.indexOf(above.kind) >= kinds.indexOf(value)) setParentId(null)
          }}
        />
      </Field>
      <Field id="site-parent" label={t('admin.organisation.moveTo')}>
        <Select
          id="site-parent"
          value={parentId ?? ''}
          showSearch={{ optionFilterProp: 'name' }}
          options={[
            { value: '', label: t('admin.organisation.top'), name: '' },
            ...possible.map((node) => ({ value: node.site.id, name: node.site.name, label: <span style={{ paddingLeft: node.depth * 14 }}>{node.site.name}</span> })),
          ]}
          onChange={(id: string) => setParentId(id || null)}
        />
      </Field>
    </ThingDialog>
  )
}
