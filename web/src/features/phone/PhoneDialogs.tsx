import { lazy, Suspense, useEffect } from 'react'

import type { InteractionDocument } from '@/shared/api/types'
import { closePhoneDialog, usePhoneDialog } from './dialogs'
import { Dial } from './Dial'
import { Directory } from './Directory'
import { usePhone } from './PhoneProvider'
import { useFailures } from './useFailures'

const DeviceCheck = lazy(() => import('./DeviceCheck').then(({ DeviceCheck: component }) => ({ default: component })))

/** What the phone bar opens over the page. Each closes by itself when what it was for is over. */
export function PhoneDialogs({ call }: { call: InteractionDocument | null }) {
  const open = usePhoneDialog()
  const { controls } = usePhone()
  useFailures(call)
  const passes = controls.transfer.act === 'transfer' || controls.consult.act === 'consult'
  const fits = open === 'directory' ? call !== null && passes && (controls.transfer.enabled || controls.consult.enabled) : open === 'dial' ? call === null : true
  useEffect(() => {
    if (open && !fits) closePhoneDialog()
  }, [open, fits])
  if (!open || !fits) return null
  if (open === 'directory') return call && <Directory key={call.id} call={call} onClose={closePhoneDialog} />
  // Keys are struck right after the one that opens it: they must not be lost while a file comes.
  if (open === 'dial') return <Dial onClose={closePhoneDialog} />
  return (
    <Suspense>
      <DeviceCheck onClose={closePhoneDialog} />
    </Suspense>
  )
}
