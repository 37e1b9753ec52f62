import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { drawingOf } from './drawing'

interface Props {
  callId: string
  /** Another value draws it anew. */
  round: number
  chosen: number | null
  onChoose: (index: number) => void
}

/** The ladder of a call and of all that belong to it; an arrow shows its message, arrow keys walk from one to the next. */
export function Ladder({ callId, round, chosen, onChoose }: Props) {
  const { t, i18n } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const language = i18n.language === 'en' ? 'en' : 'zh'
  const query = useQuery({
    queryKey: ['ladder', callId, language, round],
    queryFn: async ({ signal }) => (await api.blob(`/sip/calls/${callId}/ladder.svg?language=${language}`, signal)).text(),
    placeholderData: (before, last) => (last?.queryKey[1] === callId ? before : undefined),
    staleTime: Infinity,
    retry: 1,
  })
  const patience = usePatience(query.isPending)
  const drawing = useMemo(() => (query.data ? drawingOf(query.data) : null), [query.data])

  useEffect(() => {
    if (drawing) box.current?.replaceChildren(drawing)
  }, [drawing])
  useEffect(() => {
    for (const arrow of drawing?.querySelectorAll('[data-index]') ?? []) {
      const is = arrow.getAttribute('data-index') === String(chosen)
      arrow.classList.toggle('chosen', is)
      arrow.setAttribute('aria-pressed', String(is))
      // One stop for the Tab key; from there the arrow keys walk.
      arrow.setAttribute('tabindex', is || (chosen === null && arrow.getAttribute('data-index') === '0') ? '0' : '-1')
    }
  }, [drawing, chosen])

  const indexOf = (event: MouseEvent | KeyboardEvent): number | null => {
    const index = event.target instanceof Element ? event.target.closest('[data-index]')?.getAttribute('data-index') : null
    return index == null ? null : Number(index)
  }
  return (
    <div className="ladder-box">
      {query.isPending && patience !== 'none' && <Skeleton rows={8} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data && !drawing && <ErrorLine>{t('tel.calls.notDrawn')}</ErrorLine>}
      {/* Its arrows are buttons; here their clicks and keys arrive. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={box}
        data-testid="ladder"
        onClick={(event) => {
          const index = indexOf(event)
          if (index !== null) onChoose(index)
        }}
        onKeyDown={(event) => {
          const index = indexOf(event)
          if (index === null) return
          const to = { Enter: index, ' ': index, ArrowDown: index + 1, ArrowUp: index - 1 }[event.key]
          if (to === undefined) return
          event.preventDefault()
          const arrow = drawing?.querySelector<SVGGElement>(`[data-index="${to}"]`)
          if (!arrow) return
          onChoose(to)
          arrow.setAttribute('tabindex', '0')
          arrow.focus()
          arrow.scrollIntoView({ block: 'nearest' })
        }}
      />
    </div>
  )
}
