import { useSyncExternalStore } from 'react'

import { createStore } from '@/shared/store'

/** What the last check of this browser found, and the devices chosen then; device ids belong to this browser alone. */
export interface Kept {
  at: string
  microphone: boolean
  network: boolean
}

export interface Devices {
  /** Empty: as the system has it. */
  microphone: string
  speaker: string
  ring: string
}

const check_key = 'yuelai.check'
const device_key = 'yuelai.devices'

function read<T>(key: string): Partial<T> | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<T> | null
  } catch {
    return null
  }
}

function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // A full or forbidden storage costs only the memory of it.
  }
}

const standard: Devices = { microphone: '', speaker: '', ring: '' }
const kept = createStore<Kept | null>(read<Kept>(check_key) as Kept | null)
const devices = createStore<Devices>({ ...standard, ...read<Devices>(device_key) })

export const useCheckKept = (): Kept | null => useSyncExternalStore(kept.subscribe, kept.get)
export function keepCheck(result: Kept): void {
  kept.set(result)
  keep(check_key, result)
}

export const getDevices = devices.get
export const useDevices = (): Devices => useSyncExternalStore(devices.subscribe, devices.get)
export function setDevices(change: Partial<Devices>): void {
  const next = { ...devices.get(), ...change }
  devices.set(next)
  keep(device_key, next)
}

type WithSink = { setSinkId?: (id: string) => Promise<void> }

/** Let it sound there; a device that was pulled out since is as if none were chosen. */
export function soundOn(target: HTMLMediaElement | AudioContext, device: string): void {
  const sink = target as WithSink
  void sink.setSinkId?.(device).catch(() => sink.setSinkId?.('').catch(() => undefined))
}
