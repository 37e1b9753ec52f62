import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { Icon } from '@/shared/ui/Icon'
import { toast } from '@/shared/ui/toasts'

/** Says that the call is recorded, and pauses that while a card number is read out. */
export function RecordingChip({ call }: { call: InteractionDocument }) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const paused = call.recording_paused ?? false

  const toggle = async () => {
    setAsking(true)
    try {
      await apiOf(call).post(`/interactions/${call.id}/${paused ? 'resume' : 'pause'}-recording`)
    } catch (error) {
      // Whoever has a number read out must know that it is being kept.
      toast(problemText(error, t))
    } finally {
      setAsking(false)
    }
  }

  return (
    <button
      type="button"
      className={`chip chip-button tone-${paused ? 'amber' : 'red'}`}
      title={t(paused ? 'call.recordingResume' : 'call.recordingPause')}
      aria-label={t(paused ? 'call.recordingResume' : 'call.recordingPause')}
      aria-pressed={paused}
      disabled={asking}
      data-testid="recording-pause-toggle"
      onClick={() => void toggle()}
    >
      <Icon name={paused ? 'pause' : 'record'} size={14} />
      <span className="chip-text">{t(paused ? 'call.recordingOff' : 'call.recordingShort')}</span>
    </button>
  )
}
