import { useTranslation } from 'react-i18next'

import { panelWidths, usePanel } from '../prefs/panel'
import { Icon } from './Icon'

const widest = panelWidths[panelWidths.length - 1] ?? 560

/** In the head of a tool: give the panel all the room it may have, or what it usually has. */
export function WidenPanel({ channel }: { channel?: string | undefined }) {
  const { t } = useTranslation()
  const panel = usePanel(channel)
  const wide = panel.width === widest
  const label = t(wide ? 'panel.narrow' : 'panel.widen')
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => panel.set({ width: wide ? null : widest })}>
      <Icon name={wide ? 'shrink' : 'expand'} />
    </button>
  )
}
