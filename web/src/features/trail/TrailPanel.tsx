import { useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { secondsLeft, secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { interactionLook } from '@/shared/ui/agentState'
import { Empty } from '@/shared/ui/parts'
import { WidenPanel } from '@/shared/ui/WidenPanel'
import { liveLines } from './describe'
import { NoteField } from './NoteField'
import { TrailLines } from './TrailLines'

/** 服务线索: everything that happened in this contact, growing as it happens, and the agent's own note. */
export function TrailPanel({ interaction }: { interaction: InteractionDocument | null }) {
  const { t } = useTranslation()
  const docs = useDocuments()
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)

  // Queues change every second, their names hardly ever: a long trail is not written anew for their figures.
  const queues = queuesOf(docs)
    .map(({ code, name }) => `${code}\t${name}`)
    .join('\n')
  const lines = useMemo(() => {
    if (!interaction) return []
    const names = new Map(queues.split('\n').map((line) => line.split('\t') as [string, string]))
    return liveLines(interaction, t, (code) => names.get(code) ?? code)
  }, [interaction, queues, t])

  // The end stays in view unless the agent has scrolled back to read.
  useLayoutEffect(() => {
    const box = scroller.current
    if (box && atEnd.current) box.scrollTop = box.scrollHeight
  }, [lines, interaction?.state])

  return (
    <section className="tool" aria-label={t('trail.title')}>
      <h2 className="tool-head">
        <Icon name="trail" className="muted" />
        <span>{t('trail.title')}</span>
        <span className="tool-no">{interaction?.trail_no}</span>
        <WidenPanel channel={interaction?.channel} />
      </h2>
      <div
        ref={scroller}
        className="tool-scroll"
        role="region"
        aria-label={t('trail.lines')}
        // It scrolls, hence arrows and page keys have to reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24
        }}
      >
        {interaction ? <TrailLines lines={lines} tail={<Now interaction={interaction} />} /> : <Empty>{t('trail.empty')}</Empty>}
      </div>
      {interaction && <NoteField key={interaction.id} interaction={interaction} />}
    </section>
  )
}

/** The last line: what is going on now, and for how long. */
function Now({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const now = useNow()
  const { icon, tone } = interactionLook(interaction.state)
  const counts =
    interaction.state === 'wrapup' && interaction.until
      ? t('call.left', { time: timer(secondsLeft(interaction.until, now)) })
      : timer(secondsSince(interaction.state_since, now))
  return (
    <li className={`trail-now text-${tone}`}>
      <span>{t('trail.now')}</span>
      <Icon name={icon} size={14} />
      <b>
        {t(`state.${interaction.state}`)} {counts}
      </b>
    </li>
  )
}
