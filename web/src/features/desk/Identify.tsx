import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber } from '@/shared/format/phone'
import { runAction } from '@/shared/keys/actions'
import { combination, isEditable } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Keycap, Skeleton } from '@/shared/ui/parts'
import { Candidates } from './Candidates'
import { CustomerSearch } from './CustomerSearch'
import { type Answers, remaining } from './identify/guiding'
import { Questions } from './identify/Questions'
import { useCandidates } from './identify/useCandidates'
import { openTab } from './selection'
import { useChoose } from './useChoose'
import { WhyBox } from './WhyBox'

/** Who is calling: those who share the number and what tells them apart, or somebody found by hand. */
export function Identify({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { candidates, customer, id } = interaction
  const { choose, pending, problem } = useChoose(interaction)
  const { cards, facts, questions, waiting } = useCandidates(interaction)
  const [answers, setAnswers] = useState<Answers>({})
  const [onBehalf, setOnBehalf] = useState(false)
  const search = useRef<HTMLDivElement>(null)
  const many = candidates.length > 1
  const list = many || !customer ? cards : []
  const left = remaining(
    list.map((card) => card.id),
    answers,
  )
  const excluded = list.length - left.length
  const pick = (one: string) => void choose(one, onBehalf)
  const find = () => search.current?.querySelector('input')?.focus()
  const toggle = () => setOnBehalf((was) => !was)
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- bare keys of the region, from whatever in it has the focus
    <div
      className="page-scroll identify"
      onKeyDown={(event) => {
        if (isEditable(event.target) || event.ctrlKey || event.altKey) return
        const key = combination(event.nativeEvent)
        if (key === '/') find()
        else if (key === 'P') toggle()
        else return
        event.preventDefault()
      }}
    >
      {!customer && <WhyBox interaction={interaction} />}
      {questions.length > 0 && (
        <>
          <h2 className="page-title">
            {t('guided.title')}
            <small>{t('guided.hint')}</small>
            <span className="page-title-side muted" role="status">
              {t('guided.excluded', { count: excluded })}
              {excluded > 0 && (
                <button type="button" className="link" onClick={() => setAnswers({})}>
                  {t('guided.again')}
                </button>
              )}
            </span>
          </h2>
          <Questions interaction={interaction} questions={questions} ids={list.map((card) => card.id)} answers={answers} onAnswers={setAnswers} />
        </>
      )}
      {list.length > 0 && (
        <>
          <h2 className="page-title">
            {t('identify.possible')}
            <small>{t('identify.possibleHint', { count: left.length })}</small>
            {facts.size > 0 && <span className="page-title-side muted identify-basis">{t('guided.basis')}</span>}
          </h2>
          {onBehalf && (
            <p className="page-hint identify-behalf" role="status">
              <Icon name="people" /> {t('guided.onBehalf')}
            </p>
          )}
          {waiting ? (
            <div className="reserved" style={{ minHeight: 63 * list.length }}>
              <Skeleton rows={list.length} />
            </div>
          ) : (
            <Candidates
              cards={list.filter((card) => left.includes(card.id))}
              chosen={customer?.id ?? null}
              pending={pending}
              onChoose={pick}
              ani={customerNumber(interaction)}
              facts={facts}
              first
            />
          )}
          {left.length === 0 && <p className="muted">{t('guided.nobody')}</p>}
        </>
      )}
      {problem !== null && <ErrorLine problem={problem} />}
      <p className="page-links">
        {list.length > 0 && (
          <button type="button" className="link" onClick={find}>
            <Icon name="search" size={14} /> {t('guided.noneOfThem')} <Keycap>/</Keycap>
          </button>
        )}
        <button type="button" className="link" aria-pressed={onBehalf} data-testid="on-behalf" onClick={toggle}>
          <Icon name="phone" size={14} /> {t(onBehalf ? 'guided.ownCall' : 'guided.forAnother')} <Keycap>P</Keycap>
        </button>
        {!customer && (
          <>
            <button type="button" className="link" onClick={() => openTab(id, 'create')}>
              <Icon name="personPlus" size={14} /> {t('identify.create')}
            </button>
            <Unidentified />
          </>
        )}
      </p>
      <h2 className="page-title">
        {t(list.length > 0 ? 'identify.noneOfThem' : customer ? 'identify.somebodyElse' : 'identify.find')}
        <small>{t('identify.findHint')}</small>
      </h2>
      <div ref={search}>
        <CustomerSearch interaction={interaction} pending={pending} chosen={customer?.id ?? null} onChoose={pick} />
      </div>
      <p className="page-hint">
        <Icon name="info" /> {t(customer ? 'identify.undoHint' : 'identify.afterHint')}
      </p>
    </div>
  )
}

/** Much can be done for somebody who is not known: the menu of businesses opens without a customer. */
function Unidentified() {
  const { t } = useTranslation()
  return (
    <button type="button" className="link" data-testid="unidentified" onClick={() => runAction('business')}>
      <Icon name="person" size={14} /> {t('guided.unidentified')}
    </button>
  )
}
