import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { soundOf, stopTracks } from './microphone'

/** Of full scale; a voice at a headset is well above, a quiet room below. */
const voice = 0.02
const look_every = 100

interface Props {
  device: string
  /** Once for each device: whether a voice was heard, or there is no microphone. */
  onHeard: (heard: boolean) => void
  /** The microphone may be used: the browser tells devices' names from now on. */
  onOpen: () => void
}

/** A bar that follows one's voice. */
export function MicrophoneMeter({ device, onHeard, onOpen }: Props) {
  const { t } = useTranslation()
  const [level, setLevel] = useState(0)
  const [state, setState] = useState<'quiet' | 'heard' | 'missing'>('quiet')
  useEffect(() => {
    let left = false
    let stop = () => {}
    const open = async () => {
      const stream = await soundOf(device)
      if (left) {
        stopTracks(stream)
        return
      }
      const context = new AudioContext()
      const analyser = context.createAnalyser()
      analyser.fftSize = 1024
      context.createMediaStreamSource(stream).connect(analyser)
      const samples = new Float32Array(analyser.fftSize)
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        const root = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)
        setLevel(root)
        if (root < voice) return
        setState('heard')
        onHeard(true)
      }, look_every)
      stop = () => {
        clearInterval(timer)
        stopTracks(stream)
        void context.close()
      }
      onOpen()
    }
    open().catch(() => {
      if (left) return
      setState('missing')
      onHeard(false)
    })
    return () => {
      left = true
      stop()
    }
  }, [device, onHeard, onOpen])
  // Loudness is felt in decibels: −60 dB is nothing, −6 dB all of it.
  const shown = Math.max(0, Math.min(1, (20 * Math.log10(Math.max(level, 1e-6)) + 60) / 54))
  return (
    <div className="meter-line">
      <span className="meter" role="meter" aria-label={t('softphone.check.microphone')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(shown * 100)} data-testid="microphone-meter" data-state={state}>
        <span style={{ transform: `scaleX(${shown})` }} />
      </span>
      <p className={state === 'heard' ? 'text-ok' : state === 'missing' ? 'text-amber' : 'muted'}>
        <Icon name={state === 'heard' ? 'checkCircle' : state === 'missing' ? 'micOff' : 'mic'} size={14} />{' '}
        {t(`softphone.check.${state === 'heard' ? 'heard' : state === 'missing' ? 'noMicrophone' : 'speak'}`)}
      </p>
    </div>
  )
}
