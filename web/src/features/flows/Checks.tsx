import { useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { problemWords, repairOf } from './checks'
import { WordsContext } from './context'
import type { FlowDocument, FlowProblem } from './types'
import { nameOf } from './words'

interface Props {
  document: FlowDocument
  problems: readonly FlowProblem[]
  at: string | null
  writable: boolean
  current: number | null
  onShow: (place: number) => void
  onRepair: (document: FlowDocument) => void
}

/** All that is wrong, with what mends it. */
export function Checks({ document, problems, at, writable, current, onShow, onRepair }: Props) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const [folded, setFolded] = useState(false)
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  return (
    <section className="flow-checks" data-region="flow-checks" aria-label={t('flows.check.title')} data-testid="flow-checks">
      <header className="flow-checks-head">
        <h2>{t('flows.check.title')}</h2>
        {errors > 0 && (
          <Chip tone="red" icon="octagon">
            {t('flows.check.errors', { count: errors })}
          </Chip>
        )}
        {warnings > 0 && (
          <Chip tone="amber" icon="triangle">
            {t('flows.check.warnings', { count: warnings })}
          </Chip>
        )}
        {errors + warnings === 0 && (
          <Chip tone="ok" icon="checkCircle">
            {t('flows.check.fine')}
          </Chip>
        )}
        {at && <span className="flow-checks-at">{t('flows.check.last', { time: clock(at) })}</span>}
        {problems.length > 0 && (
          <button type="button" className="icon-button" aria-expanded={!folded} aria-label={t(folded ? 'flows.check.unfold' : 'flows.check.fold')} title={t(folded ? 'flows.check.unfold' : 'flows.check.fold')} onClick={() => setFolded(!folded)}>
            <Icon name={folded ? 'arrowUp' : 'chevronDown'} size={15} />
          </button>
        )}
      </header>
      {!folded && problems.length > 0 && (
        <ol className="flow-checks-list">
          {problems.map((problem, place) => {
            const repair = writable ? repairOf(document, problem, words) : null
            const node = document.nodes[problem.node]
            return (
              <li key={`${problem.node} ${problem.exit} ${problem.code} ${place}`} className={place === current ? 'flow-check flow-check-current' : 'flow-check'} data-testid="flow-problem" data-node={problem.node} data-code={problem.code}>
                <button type="button" className="flow-check-what" title={problem.message} onClick={() => onShow(place)}>
                  <Icon name={problem.severity === 'error' ? 'octagon' : 'triangle'} size={15} className={problem.severity === 'error' ? 'text-red' : 'text-amber'} />
                  <b className="ellipsis">{problem.node ? nameOf(node, problem.node, words) : t('flows.check.whole')}</b>
                  <span className="ellipsis">{problemWords(document, problem, words)}</span>
                </button>
                {repair ? (
                  <button type="button" className="link" data-testid="flow-repair" onClick={() => onRepair(repair.document)}>
                    {repair.text}
                  </button>
                ) : (
                  <button type="button" className="link" onClick={() => onShow(place)}>
                    {t('flows.check.show')}
                  </button>
                )}
              </li>
            )
          })}
        </ol>
      )}
    </section>
  )
}
