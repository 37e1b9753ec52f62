import { memo } from 'react'
import { useTranslation } from 'react-i18next'

import { phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { personLine } from '@/shared/ui/person'
import { Chip } from '@/shared/ui/parts'
import { ClassChip } from '../ClassChip'
import type { ListedCustomer } from '../types'
import { Marked } from './Marked'
import { mark, markDigits } from './marks'

export const row_height = 34

/** What the other columns show already. */
const shownElsewhere = new Set(['name', 'pinyin', 'phone', 'no', 'address'])

interface Props {
  row: ListedCustomer
  index: number
  active: boolean
  asked: string
  onOpen: (index: number) => void
}

function same(a: Props, b: Props): boolean {
  return a.row === b.row && a.index === b.index && a.active === b.active && a.asked === b.asked
}

/** One customer in a line; what the search found them by is marked where it stands, or named in the last column. */
export const Row = memo(function Row({ row, index, active, asked, onOpen }: Props) {
  const { t } = useTranslation()
  const [shown, ...others] = row.phones
  const found = row.found?.field === 'phone' && row.found.text ? row.found.text : shown
  const tags = row.tags ?? []
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are taken by the list around
    <div
      role="row"
      tabIndex={active ? 0 : -1}
      className={`table-row ${active ? 'is-active' : ''}`}
      style={{ height: row_height }}
      data-testid="customer-row"
      data-index={index}
      aria-rowindex={index + 2}
      onClick={() => onOpen(index)}
    >
      <span role="cell" className="cell-name" title={row.name}>
        <Icon name={row.kind === 'company' ? 'building' : 'person'} size={14} className="muted" />
        <b className="ellipsis">
          <Marked pieces={row.found?.field === 'pinyin' ? [{ text: row.name, hit: true }] : mark(row.name, asked)} />
        </b>
        <span className="muted cell-person">{personLine(row, t, serverNow())}</span>
        <ClassChip value={row.class} />
      </span>
      <span role="cell" className="ellipsis">
        {found && <Marked pieces={markDigits(phone(found), asked)} />}
        {others.length > 0 && <span className="muted cell-plus">+{others.length}</span>}
      </span>
      <span role="cell" className="ellipsis">
        <Marked pieces={mark(row.no, asked)} />
      </span>
      <span role="cell" className="ellipsis" title={row.address_masked ?? undefined}>
        {row.address_masked && <Marked pieces={mark(row.address_masked, asked)} />}
      </span>
      <span role="cell" className="cell-tags">
        {row.warnings[0] && (
          <Chip tone="amber" icon="triangle" title={row.warnings.join('\n')}>
            {row.warnings[0]}
          </Chip>
        )}
        {tags.slice(0, row.warnings[0] ? 1 : 2).map((tag) => (
          <Chip key={tag}>{tag}</Chip>
        ))}
        {tags.length > (row.warnings[0] ? 1 : 2) && <span className="muted">+{tags.length - (row.warnings[0] ? 1 : 2)}</span>}
      </span>
      <span role="cell" className="ellipsis">
        {row.manager_number}
      </span>
      <span role="cell" className="cell-found ellipsis" data-testid="found">
        {row.found && (
          <>
            <span className="muted">{t(`customers.found.${row.found.field}`, { defaultValue: '' })}</span>{' '}
            {!shownElsewhere.has(row.found.field) && row.found.text && <Marked pieces={mark(row.found.text, asked)} />}
          </>
        )}
      </span>
    </div>
  )
}, same)
