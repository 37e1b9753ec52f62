import { Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { clearNotices, readNotices, useNotices } from '@/shared/notices'
import { serverNow } from '@/shared/time/clock'
import { clock, dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { router } from './router'

const icons = { red: 'octagon', amber: 'triangle', ok: 'check' } as const

/** What happened elsewhere; what was seen once the list is open counts as read when it closes. */
export function Bell({ className = '' }: { className?: string }) {
  const { t, i18n } = useTranslation()
  const notices = useNotices()
  const [open, setOpen] = useState(false)
  const unread = notices.filter((one) => !one.read).length
  const now = serverNow()
  const today = new Date(now).toDateString()
  const show = (wanted: boolean) => {
    setOpen(wanted)
    if (!wanted) readNotices()
  }
  return (
    <Popover
      open={open}
      onOpenChange={show}
      trigger={['click']}
      placement="bottomRight"
      // Beside the button, so that Tab leads into it.
      getPopupContainer={(button) => button.parentElement ?? document.body}
      content={
        <div className="notices" data-testid="notices">
          <div className="notices-head">
            <h2>{t('notice.title')}</h2>
            {notices.length > 0 && (
              <button type="button" className="link" onClick={clearNotices}>
                {t('notice.clear')}
              </button>
            )}
          </div>
          {notices.length === 0 && <p className="muted">{t('notice.empty')}</p>}
          <ol className="notices-list" tabIndex={notices.length > 0 ? 0 : undefined} aria-label={t('notice.title')}>
            {notices.map((one) => (
              <li key={one.id} className={one.read ? 'notice' : 'notice notice-new'}>
                <Icon name={icons[one.tone]} className={`text-${one.tone}`} />
                <span className="notice-text">{one.text}</span>
                {one.to && (
                  <button
                    type="button"
                    className="link"
                    onClick={() => {
                      show(false)
                      void router.navigate({ to: one.to })
                    }}
                  >
                    {t('notice.open')}
                  </button>
                )}
                <time className="muted">{new Date(one.at).toDateString() === today ? clock(one.at) : dayTime(one.at, now, i18n.language)}</time>
              </li>
            ))}
          </ol>
        </div>
      }
    >
      <button
        type="button"
        className={`icon-button bell ${className}`}
        aria-label={unread > 0 ? `${t('notice.title')} ${t('notice.unread', { count: unread })}` : t('notice.title')}
        aria-expanded={open}
        title={t('notice.title')}
        data-testid="bell"
      >
        <Icon name="bell" size={18} />
        {unread > 0 && <span className="badge">{unread > 99 ? '99+' : unread}</span>}
      </button>
    </Popover>
  )
}
