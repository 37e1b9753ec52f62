import type { InteractionDocument } from '@/shared/api/types'
import { nearest, panelShares, panelWidths, stepped, usePanel } from '@/shared/prefs/panel'
import { Separator } from './Separator'
import { useTranslation } from 'react-i18next'
import { useRef, useState } from 'react'

import { tools } from './tools'

interface Props {
  interaction: InteractionDocument | null
  /** Pixels it is when nobody has chosen. */
  usual: number
  hidden: boolean
}

/** One tool, or two above each other; both edges can be moved and snap. */
export function ToolPanel({ interaction, usual, hidden }: Props) {
  const { t } = useTranslation()
  const panel = usePanel(interaction?.channel)
  const box = useRef<HTMLElement>(null)
  // While an edge is being moved only this screen knows.
  const [width, setWidth] = useState<number | null>(null)
  const [upper, setUpper] = useState<number | null>(null)
  const shown = tools.filter(({ id }) => panel.tools.includes(id))
  const kept = panel.width ?? usual
  const share = upper ?? panel.upper
  const right = () => box.current?.getBoundingClientRect().right ?? 0
  const within = (y: number) => {
    const { top = 0, height = 1 } = box.current?.getBoundingClientRect() ?? {}
    return nearest((y - top) / height, panelShares)
  }
  return (
    <aside ref={box} className="panel" data-region="tools" hidden={hidden || shown.length === 0} style={{ '--panel': `${width ?? kept}px` } as React.CSSProperties}>
      <Separator
        className="panel-edge"
        label={t('panel.width')}
        orientation="vertical"
        value={kept}
        min={panelWidths[0]}
        max={panelWidths[panelWidths.length - 1] ?? kept}
        onMove={({ x }) => setWidth(nearest(right() - x, panelWidths))}
        onDone={() => {
          if (width !== null) panel.set({ width })
          setWidth(null)
        }}
        // The panel lies at the right: left makes it wider.
        onStep={(by) => panel.set({ width: stepped(kept, panelWidths, by < 0 ? 1 : -1) })}
      />
      {shown.map(({ id, Component }, index) => (
        <div key={id} className="panel-tool" style={shown.length > 1 ? { flex: `${index === 0 ? share : 1 - share} 1 0` } : undefined} data-testid={`tool-${id}`}>
          {index > 0 && (
            <Separator
              className="panel-split"
              label={t('panel.split')}
              orientation="horizontal"
              value={Math.round(share * 100)}
              min={Math.round(panelShares[0] * 100)}
              max={Math.round((panelShares[panelShares.length - 1] ?? share) * 100)}
              onMove={({ y }) => setUpper(within(y))}
              onDone={() => {
                if (upper !== null) panel.set({ upper })
                setUpper(null)
              }}
              onStep={(by) => panel.set({ upper: stepped(share, panelShares, by) })}
            />
          )}
          <Component interaction={interaction} visible={!hidden} />
        </div>
      ))}
    </aside>
  )
}
