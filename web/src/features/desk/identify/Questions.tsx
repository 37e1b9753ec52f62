import { Input } from 'antd'
import { type Dispatch, type SetStateAction, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { type Answers, compared, countLeft, current, type Fitting, type Given, others, type Question } from './guiding'

interface Props {
  interaction: InteractionDocument
  questions: readonly Question[]
  ids: readonly string[]
  answers: Answers
  onAnswers: Dispatch<SetStateAction<Answers>>
}

/** 引导识别: what to ask, the question that leaves fewest first; each answer narrows the list below. */
export function Questions({ interaction, questions, ids, answers, onAnswers }: Props) {
  const { t } = useTranslation()
  const now = current(questions, answers, ids)
  // A comparison takes a while: meanwhile another question may have been answered.
  const answer = (kind: Question['kind'], given: Given | null) =>
    onAnswers((before) => {
      const { [kind]: _, ...rest } = before
      return given ? { ...rest, [kind]: given } : rest
    })
  return (
    <ol className="questions" aria-label={t('guided.title')}>
      {questions.map((question, index) => (
        <li key={question.kind} className={`question ${question.kind === now ? 'question-now' : ''}`} data-testid={`question-${question.kind}`}>
          <span className="question-number">{answers[question.kind] ? <Icon name="check" size={14} /> : index + 1}</span>
          <span className="question-text">{t(`guided.ask.${question.kind}`)}</span>
          {question.answers.length > 0 ? (
            <Said question={question} ids={ids} answers={answers} onGiven={(given) => answer(question.kind, given)} />
          ) : (
            <Compared interaction={interaction} kind={question.kind} given={answers[question.kind] ?? null} onGiven={(given) => answer(question.kind, given)} />
          )}
        </li>
      ))}
    </ol>
  )
}

/** Answers to choose from, each with how many it leaves. Choosing it again takes it back. */
function Said({ question, ids, answers, onGiven }: { question: Question; ids: readonly string[]; answers: Answers; onGiven: (given: Given | null) => void }) {
  const { t } = useTranslation()
  const rest = others(ids, question)
  const choices = [...question.answers.map(({ value, customers }) => ({ value, left: customers })), ...(rest.length > 0 ? [{ value: '', left: rest }] : [])]
  const given = answers[question.kind]
  return (
    <span className="question-answers">
      {choices.map(({ value, left }) => (
        <button
          key={value}
          type="button"
          className="answer"
          aria-pressed={given?.value === value}
          onClick={() => onGiven(given?.value === value ? null : { value, left })}
        >
          <span className="ellipsis">{value || t('guided.other')}</span> <small>{countLeft(ids, answers, question.kind, left)}</small>
        </button>
      ))}
    </span>
  )
}

/** What the caller says is compared by the centre: nothing of what is on record comes to the screen. */
function Compared({ interaction, kind, given, onGiven }: { interaction: InteractionDocument; kind: Question['kind']; given: Given | null; onGiven: (given: Given | null) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const number = kind === 'id_number'
  const compare = async () => {
    const answer = text.trim()
    if (!answer || asking || (number && answer.length !== 4)) return
    setAsking(true)
    setProblem(null)
    try {
      const fitting = await apiOf(interaction).post<Fitting>(`/interactions/${interaction.id}/candidates/compare`, { kind, answer })
      onGiven({ value: answer, left: compared(fitting) })
    } catch (error) {
      setProblem(error)
    } finally {
      setAsking(false)
    }
  }
  return (
    <span className="question-compare">
      <Input
        value={text}
        maxLength={number ? 4 : 30}
        allowClear
        readOnly={asking}
        aria-label={t(`guided.ask.${kind}`)}
        placeholder={t(`guided.placeholder.${kind}`)}
        data-testid={`compare-${kind}`}
        onChange={({ target }) => {
          setText(target.value)
          if (given) onGiven(null)
        }}
        onKeyDown={(event) => {
          if (!composing(event.nativeEvent) && event.key === 'Enter') void compare()
        }}
        suffix={given ? <Icon name={given.left.length > 0 ? 'check' : 'octagon'} size={14} className={given.left.length > 0 ? 'text-ok' : 'text-red'} /> : <Icon name="search" size={14} className="muted" />}
      />
      {problem !== null && <ErrorLine problem={problem} />}
    </span>
  )
}
