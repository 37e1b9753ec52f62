import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo, useContext } from 'react'
import { useTranslation } from 'react-i18next'

import { length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { looks } from './kinds'
import { type ArrivalView, type NodeView, stub } from './graph'
import { WordsContext } from './context'
import { exitName, nameOf, summary } from './words'

/** A node: its kind, its name, what it does in one line, and its ways out; those that lead nowhere stand out, red. */
export const FlowBox = memo(function FlowBox({ data, selected, height }: NodeProps<Node<NodeView, 'flow'>>) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const { node, exits, errors, warnings, walked, mark, traffic, heat, live } = data
  const line = summary(node, words)
  const tone = walked === 'here' ? 'here' : errors > 0 ? 'error' : warnings > 0 ? 'warning' : walked === 'through' ? 'through' : mark ? `mark-${mark}` : 'plain'
  return (
    <div className={`flow-box flow-${tone} ${traffic ? `flow-heat flow-heat-${heat}` : ''} ${traffic?.entered === 0 ? 'flow-unused' : ''}`} style={{ height }} data-testid={`node-${data.name}`} data-kind={node.kind} data-errors={errors} data-walked={walked} data-heat={traffic ? heat : undefined} data-entered={traffic?.entered} aria-current={selected ? 'true' : undefined}>
      <Handle type="target" position={Position.Left} className="flow-in" />
      <span className="flow-box-head">
        <Icon name={looks[node.kind]?.icon ?? 'circle'} size={15} />
        <b className="ellipsis" title={nameOf(node, data.name, words)}>
          {nameOf(node, data.name, words)}
        </b>
      </span>
      <span className="flow-box-line ellipsis" title={line}>
        {line}
      </span>
      {live && (
        <span className="flow-live" data-testid={`live-${data.name}`} title={t('flows.canvas.liveHint', { count: live.contacts, time: length(live.longest_seconds) })}>
          <i className="flow-now-dot" aria-hidden="true" /> {live.contacts} · {length(live.longest_seconds)}
        </span>
      )}
      <span className="flow-badges">
        {mark && (
          <span className={`flow-badge tone-${mark === 'added' ? 'ok' : 'amber'}`}>
            <Icon name={mark === 'added' ? 'plus' : 'pen'} size={13} /> {t(`flows.canvas.${mark}`)}
          </span>
        )}
        {errors > 0 ? (
          <span className="flow-badge flow-badge-error" data-testid={`errors-${data.name}`}>
            <Icon name="octagon" size={13} /> {t('flows.canvas.errors', { count: errors })}
          </span>
        ) : (
          warnings > 0 && (
            <span className="flow-badge flow-badge-warning">
              <Icon name="triangle" size={13} /> {t('flows.canvas.warnings', { count: warnings })}
            </span>
          )
        )}
        {walked === 'here' && (
          <span className="flow-badge flow-badge-here">
            <Icon name="play" size={13} /> {t('flows.canvas.here')}
          </span>
        )}
      </span>
      {exits.map((exit) => (
        <span key={exit.id} className={`flow-exit ${exit.open ? 'flow-exit-open' : ''}`} style={{ top: exit.y }}>
          {exit.open && <span className="flow-stub" style={{ width: stub }} />}
          <Handle id={exit.id} type="source" position={Position.Right} className={exit.open ? 'flow-out flow-out-open' : exit.target ? 'flow-out' : 'flow-out flow-out-free'} title={exitName(exit, node, words)} data-testid={`exit-${data.name}-${exit.id}`} />
          {exit.open && <span className="flow-exit-name">{short(exitName(exit, node, words))}</span>}
        </span>
      ))}
      {traffic && (
        <span className="flow-traffic" data-testid={`traffic-of-${data.name}`}>
          {t('flows.canvas.entered', { count: traffic.entered })}
          {traffic.left > 0 && <b> · {t('flows.canvas.lost', { count: traffic.left })}</b>}
          {traffic.given_up > 0 && <b> · {t('flows.canvas.gaveUp', { count: traffic.given_up })}</b>}
          {traffic.mistakes > 0 && <> · {t('flows.canvas.erred', { count: traffic.mistakes })}</>}
        </span>
      )}
    </div>
  )
})

const room = 12

/** A Han character takes the room of two letters. */
export const widthOf = (text: string): number => [...text].reduce((sum, one) => sum + (one > '\u2e7f' ? 2 : 1), 0)

/** What fits between two nodes. */
export function short(text: string, most = room): string {
  let taken = 0
  for (const [place, one] of [...text].entries()) {
    taken += widthOf(one)
    if (taken > most) return `${[...text].slice(0, place).join('')}…`
  }
  return text
}

/** Where the contact comes in: leads to the first node. */
export const ArrivalBox = memo(function ArrivalBox({ data }: NodeProps<Node<ArrivalView, 'arrival'>>) {
  const { t } = useTranslation()
  return (
    <div className={`flow-box flow-${data.walked ? 'through' : 'plain'}`} style={{ height: 60 }} data-testid="node-arrival">
      <span className="flow-box-head">
        <Icon name="phone" size={15} />
        <b>{t('flows.canvas.arrives')}</b>
      </span>
      <span className="flow-box-line ellipsis" title={data.numbers.join(' ')}>
        {data.numbers.length > 0 ? t('flows.sum.numbers', { numbers: data.numbers.join('、') }) : t('flows.sum.noNumbers')}
      </span>
      <span className={`flow-exit ${data.open ? 'flow-exit-open' : ''}`} style={{ top: 30 }}>
        {data.open && <span className="flow-stub" style={{ width: stub }} />}
        <Handle id="start" type="source" position={Position.Right} className={data.open ? 'flow-out flow-out-open' : 'flow-out'} title={t('flows.exit.start')} data-testid="exit-arrival-start" />
        {data.open && <span className="flow-exit-name">{t('flows.exit.start')}</span>}
      </span>
    </div>
  )
})
