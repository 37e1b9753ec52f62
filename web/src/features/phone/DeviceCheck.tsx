import { Button, Modal, Select } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { dayTime } from '@/shared/time/format'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { keepCheck, setDevices, useCheckKept, useDevices } from './checkKept'
import { MicrophoneMeter } from './MicrophoneMeter'
import { NetworkCheck } from './NetworkCheck'
import { playRing, playTest } from './ringer'
import './check.css'

const kinds = { microphone: 'audioinput', speaker: 'audiooutput', ring: 'audiooutput' } as const
type Device = keyof typeof kinds

/** 检测耳机与网络: is one heard, does one hear, where does it ring, does the centre answer. What was found is kept. */
export function DeviceCheck({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const devices = useDevices()
  const kept = useCheckKept()
  const [known, setKnown] = useState<MediaDeviceInfo[]>([])
  const [heard, setHeard] = useState(false)
  const [network, setNetwork] = useState<boolean | null>(null)
  const [playing, setPlaying] = useState<Device | null>(null)

  const list = useCallback(() => {
    navigator.mediaDevices?.enumerateDevices().then(setKnown, () => undefined)
  }, [])
  useEffect(() => {
    list()
    navigator.mediaDevices?.addEventListener('devicechange', list)
    return () => navigator.mediaDevices?.removeEventListener('devicechange', list)
  }, [list])

  const play = (device: Device) => {
    setPlaying(device)
    const sound = device === 'ring' ? playRing : playTest
    sound(devices[device]).catch(() => undefined).finally(() => setPlaying(null))
  }
  const finish = () => {
    keepCheck({ at: new Date(serverNow()).toISOString(), microphone: heard, network: network === true })
    onClose()
  }
  const choice = (device: Device) => (
    <Select
      className="check-device"
      aria-label={t(`softphone.check.${device}`)}
      value={devices[device]}
      options={[
        { value: '', label: t('softphone.check.standard') },
        ...known.filter(({ kind, deviceId, label }) => kind === kinds[device] && deviceId && deviceId !== 'default' && label).map(({ deviceId, label }) => ({ value: deviceId, label })),
      ]}
      onChange={(value) => setDevices({ [device]: value })}
    />
  )
  const sounding = (device: 'speaker' | 'ring') => (
    <section className="check-part">
      <h3>
        <Icon name={device === 'ring' ? 'bell' : 'headset'} className="muted" /> {t(`softphone.check.${device}`)}
      </h3>
      <div className="check-row">
        {choice(device)}
        <Button data-testid={`check-${device}`} loading={playing === device} onClick={() => play(device)}>
          {t(playing === device ? 'softphone.check.playing' : device === 'ring' ? 'softphone.check.testRing' : 'softphone.check.play')}
        </Button>
      </div>
    </section>
  )
  return (
    <Modal
      open
      title={t('softphone.check.title')}
      width={520}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('softphone.check.skip')}</Button>
          <Button type="primary" data-testid="check-done" onClick={finish}>
            {t('softphone.check.done')}
          </Button>
        </>
      }
    >
      <div className="check" data-testid="device-check">
        <section className="check-part">
          <h3>
            <Icon name="mic" className="muted" /> {t('softphone.check.microphone')}
          </h3>
          {choice('microphone')}
          <MicrophoneMeter key={devices.microphone} device={devices.microphone} onHeard={setHeard} onOpen={list} />
        </section>
        {sounding('speaker')}
        {sounding('ring')}
        <section className="check-part">
          <h3>
            <Icon name="signal" className="muted" /> {t('softphone.check.network')}
          </h3>
          <NetworkCheck onResult={setNetwork} />
        </section>
        {kept && (
          <p className="muted">
            {t('softphone.check.kept', { time: dayTime(kept.at, serverNow(), i18n.language), result: t(kept.microphone && kept.network ? 'softphone.check.fine' : 'softphone.check.notFine') })}
          </p>
        )}
      </div>
    </Modal>
  )
}
