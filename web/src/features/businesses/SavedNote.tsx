import { useTranslation } from 'react-i18next'

import type { Draft } from '@/shared/drafts/model'
import { isStuck } from '@/shared/drafts/sync'
import { useLink } from '@/shared/live/store'
import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'

/** How it stands with the draft: kept at the centre, kept in this browser only, or nothing to keep. */
export function SavedNote({ draft, wrong }: { draft: Draft | null; wrong: number }) {
  const { t } = useTranslation()
  const me = useMe()
  const online = useLink().status === 'online'
  if (wrong > 0) {
    return (
      <span className="actions-note text-red">
        <Icon name="octagon" /> {t('business.fix', { count: wrong })}
      </span>
    )
  }
  if (!draft) return <span className="actions-note">{t('business.untouched')}</span>
  if (draft.dirty && (!online || isStuck(draft.id))) {
    return (
      <span className="actions-note text-amber" data-testid="draft-note" data-saved="local">
        <Icon name="info" /> {t('business.savedHere', { time: clock(draft.at) })}
      </span>
    )
  }
  const other = draft.by && draft.by.id !== me.id ? draft.by.name : null
  return (
    <span className="actions-note" data-testid="draft-note" data-saved={draft.dirty ? 'local' : 'centre'}>
      <Icon name="check" className="text-ok" />{' '}
      {other && !draft.dirty ? t('business.savedBy', { time: clock(draft.savedAt ?? draft.at), name: other }) : t('business.saved', { time: clock(draft.savedAt ?? draft.at) })}
    </span>
  )
}
