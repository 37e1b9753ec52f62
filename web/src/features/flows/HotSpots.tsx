import { useContext } from 'react'
import { useTranslation } from 'react-i18next'

import { Empty, Section, Skeleton } from '@/shared/ui/parts'
import { WordsContext } from './context'
import { hotSpots } from './heat'
import { percent } from './Rates'
import type { FlowDocument, Traffic } from './types'
import { nameOf } from './words'

const most_shown = 20

/** Where contacts leave, give up, err and go round, the worst first; each leads to its node. */
export function HotSpots({ document, traffic, selected, onShow }: { document: FlowDocument; traffic: Traffic | undefined; selected: string | null; onShow: (node: string) => void }) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const spots = traffic ? hotSpots(traffic) : []
  return (
    <Section icon="filter" title={t('flows.hot.title')} count={spots.length || undefined}>
      {!traffic && <Skeleton rows={3} />}
      {traffic && spots.length === 0 && <Empty>{t(traffic.walks === 0 ? 'flows.traffic.none' : 'flows.hot.none')}</Empty>}
      <ol className="flow-hot" data-testid="hot-spots">
        {spots.slice(0, most_shown).map((spot) => (
          <li key={spot.node}>
            <button type="button" data-testid={`hot-${spot.node}`} data-heat={spot.heat} aria-current={spot.node === selected ? 'true' : undefined} disabled={!document.nodes[spot.node]} onClick={() => onShow(spot.node)}>
              <i className={`flow-heat-mark flow-heat-${spot.heat}`} aria-hidden="true" />
              <b className="ellipsis">{nameOf(document.nodes[spot.node], spot.node, words)}</b>
              <span className="flow-hot-share">{spot.lost > 0 ? percent(spot.share) : ''}</span>
              <span className="flow-hot-what">
                {[
                  spot.left > 0 && t('flows.hot.left', { count: spot.left }),
                  spot.given_up > 0 && t('flows.hot.given_up', { count: spot.given_up }),
                  spot.mistakes > 0 && t('flows.hot.mistakes', { count: spot.mistakes }),
                  spot.rounds !== null && t('flows.hot.rounds', { times: spot.rounds.toFixed(1) }),
                ]
                  .filter((part) => typeof part === 'string')
                  .join(' · ')}
              </span>
            </button>
          </li>
        ))}
      </ol>
      <p className="flow-legend" aria-hidden="true">
        {([1, 2, 3] as const).map((heat) => (
          <span key={heat}>
            <i className={`flow-heat-mark flow-heat-${heat}`} /> {t(`flows.hot.legend${heat}`)}
          </span>
        ))}
      </p>
    </Section>
  )
}
