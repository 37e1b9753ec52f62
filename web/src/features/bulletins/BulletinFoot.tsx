import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useReading, useUnreadBulletins } from './bulletins'
import './foot.css'

/** 公告 at the foot of the roster: the one that comes first, until it is read. */
export function BulletinFoot() {
  const { t } = useTranslation()
  const unread = useUnreadBulletins()
  const { busy, read } = useReading()
  const newest = unread?.newest
  if (!newest) return null
  return (
    <aside className={`bulletin-foot ${newest.importance === 'important' ? 'bulletin-important' : ''}`} aria-label={t('bulletin.title')} data-testid="bulletin-foot">
      <h3>
        <Icon name={newest.importance === 'important' ? 'triangle' : 'info'} size={14} />
        <span className="ellipsis">
          {t('bulletin.title')} {clock(newest.valid_from).slice(0, 5)} {newest.author.name}
        </span>
      </h3>
      <p className="bulletin-foot-title">{newest.title}</p>
      {newest.text && <p className="bulletin-foot-text">{newest.text}</p>}
      <p className="bulletin-foot-act">
        <button type="button" className="link" disabled={busy} data-testid="bulletin-read" onClick={() => void read(newest, newest.must_confirm)}>
          {t(newest.must_confirm ? 'bulletin.confirm' : 'bulletin.gotIt')}
        </button>
        <Link to="/bulletins" className="link" data-testid="bulletin-all">
          {unread.count > 1 ? t('bulletin.more', { count: unread.count - 1 }) : t('bulletin.open')}
        </Link>
      </p>
    </aside>
  )
}
