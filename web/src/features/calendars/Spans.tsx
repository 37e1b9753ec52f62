import { Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Span } from '@/shared/api/queues'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { all_day, most_spans, nextSpan, spansFit, spansText, tidyTime } from './days'

interface Props {
  /** Whose hours, for those who cannot see it. */
  label: string
  value: Span[]
  disabled: boolean
  /** What no hours mean. */
  rest: string
  onChange: (value: Span[]) => void
}

/** The hours of one day: as many stretches as there are, or none. */
export function Spans({ label, value, disabled, rest, onChange }: Props) {
  const { t } = useTranslation()
  const put = (index: number, place: 0 | 1, text: string) => onChange(value.map((span, at) => (at === index ? (place === 0 ? [text, span[1]] : [span[0], text]) : span)))
  if (disabled) return <span>{spansText(value, t('calendars.allDay'), rest)}</span>
  return (
    <div className="spans">
      {value.length === 0 && <span className="muted span-rest">{rest}</span>}
      {value.map((span, index) => (
        // A stretch is known by its place only.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className="span">
          {([0, 1] as const).map((place) => (
            <Input
              key={place}
              size="small"
              value={span[place]}
              maxLength={5}
              inputMode="numeric"
              autoComplete="off"
              prefix={place === 1 ? '–' : undefined}
              aria-label={`${label} ${index + 1} ${t(place === 0 ? 'calendars.from' : 'calendars.to')}`}
              onChange={({ target }) => put(index, place, target.value)}
              onBlur={({ target }) => put(index, place, tidyTime(target.value))}
            />
          ))}
          <button type="button" className="icon-button" aria-label={`${label} ${index + 1} ${t('calendars.removeSpan')}`} title={t('calendars.removeSpan')} onClick={() => onChange(value.filter((_, at) => at !== index))}>
            <Icon name="close" />
          </button>
        </span>
      ))}
      <span className="span-do">
        {value.length < most_spans && (
          <button type="button" className="icon-button" aria-label={`${label} ${t('calendars.addSpan')}`} title={t('calendars.addSpan')} onClick={() => onChange([...value, nextSpan(value)])}>
            <Icon name="plus" />
          </button>
        )}
        {value.length === 0 && (
          <button type="button" className="link" aria-label={`${label} ${t('calendars.allDay')}`} onClick={() => onChange([all_day])}>
            {t('calendars.allDay')}
          </button>
        )}
      </span>
      {!spansFit(value) && <ErrorLine>{t('calendars.wrongSpan')}</ErrorLine>}
    </div>
  )
}
