import { useTranslation } from 'react-i18next'
import { Fragment } from 'react'

import { handedBy } from '@/features/phone/handed'
import type { Explanation, InteractionDocument, PathStep } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { useMe } from '@/shared/ui/may'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** The steps worth showing: choices with what they stand for, and what was asked; plain speech is noise here. */
export function meaningful(interaction: Pick<InteractionDocument, 'why' | 'trail'>): PathStep[] {
  const steps = (interaction.why?.path ?? []).filter((step) => step.key !== null || ['lookup', 'collect'].includes(step.kind))
  return steps.flatMap((step) => {
    if (step.key === null) return [step]
    const line = interaction.trail.find(({ kind, data }) => kind === 'flow' && data.node === step.node && data.key === step.key)
    const choice = line?.data.choice
    // A key that stood for nothing was a slip.
    if (line && typeof choice !== 'string') return []
    return [{ ...step, label: typeof choice === 'string' ? choice : step.label }]
  })
}

/** 为何来电: the reason, the way through the menu, what was collected, and why this agent. */
export function WhyBox({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const me = useMe()
  const { why, queue } = interaction
  const steps = meaningful(interaction)
  // 0 asks for a person; the key before it says what about.
  const keyed = steps.filter((step) => step.key !== null)
  const topic = keyed.findLast((step) => step.key !== '0') ?? keyed.at(-1)
  const reason = topic?.label ?? queue?.name ?? t('why.direct')
  // A colleague who is asked, or has it now, must not read that it was given to them.
  const given = interaction.trail.findLast(({ kind, data }) => kind === 'offer' && !data.failed)?.data.agent
  const other = typeof given === 'string' && given !== me.number ? given : null
  const collected = Object.entries(why?.collected ?? {}).filter(([name, value]) => name !== 'verified' && value !== null && value !== '')
  const verified = why?.collected.verified
  const handed = handedBy(interaction, me.number)
  return (
    <section className="why" aria-label={t('why.title')} data-testid="why">
      <div className="why-line">
        <Icon name="info" />
        <b className="text-accent">{t('why.title')}</b>
        <b>{reason}</b>
        {steps.length === 1 && keyed.length === 1 && <span className="muted">{t('why.pressed', { key: keyed[0]?.key })}</span>}
        <span className="why-path">
          {(steps.length > 1 ? steps : []).map((step, index) => (
            <Fragment key={`${step.node}/${index}`}>
              {index > 0 && <Icon name="arrowRight" size={12} />}
              <span>
                {step.key && <kbd className="why-key">{step.key}</kbd>}
                {step.label ?? codeText(t, 'node', step.node)}
              </span>
            </Fragment>
          ))}
        </span>
        {typeof why?.queue_wait === 'number' && (
          <span className="why-side">
            {why.queue_wait < 1 ? t('why.notWaited') : t('why.waited', { time: length(why.queue_wait) })}
          </span>
        )}
      </div>
      <div className="why-line">
        {verified !== undefined && verified !== null && verified !== false && verified !== '' && (
          <Chip tone="ok" icon="shield">
            {verified === true ? t('view.verified') : t('view.verifiedBy', { how: codeText(t, 'collected', String(verified)) })}
          </Chip>
        )}
        {collected.map(([name, value]) => (
          <span key={name}>
            <span className="muted">{codeText(t, 'collected', name)}</span> {String(value)}
          </span>
        ))}
        {collected.length === 0 && queue && <span className="muted">{t('why.queue', { queue: queue.name })}</span>}
        {why?.explanation && (
          <span className="why-side">
            <Icon name="transfer" size={14} /> {explain(why.explanation, t, other)}
          </span>
        )}
      </div>
      {handed && (
        <div className="why-line" data-testid="why-handed">
          <Icon name={handed.how === 'transferred' ? 'transfer' : 'consult'} size={14} />
          <b>{t(`view.${handed.how}`, { agent: handed.by })}</b>
          {handed.note && <span className="why-note">{t('view.handedNote', { note: handed.note })}</span>}
        </div>
      )}
    </section>
  )
}

/** Why it came to you (or to the agent of that number), from routing's own account of its decision. */
export function explain(explanation: Explanation, t: Translate, other: string | null = null): string {
  const { decided_by: decided, strategy, considered, candidates, offer } = explanation
  const code = decided ?? strategy
  if (!code) return ''
  const idle = candidates?.[0]?.idle_seconds
  const why = codeText(t, 'decided', code)
  const parts = [other ? t('trail.offeredWhy', { agent: other, why }) : t('why.toYou', { why })]
  if (code === 'longest_idle' && typeof idle === 'number') parts.push(t('why.idle', { time: length(idle) }))
  if (considered && considered > 1) parts.push(t('why.considered', { count: considered }))
  if (offer && offer > 1) parts.push(t('why.offer', { count: offer }))
  return parts.join(' · ')
}
