import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { useMay } from '@/shared/ui/may'
import { Sheet } from '@/shared/ui/Sheet'
import { Members } from './Members'
import { QueueSettings } from './QueueSettings'

export function QueueSheet({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const { i18n } = useTranslation()
  const writes = useMay()('queues.write')
  const name = (i18n.language === 'en' && queue.name_en) || queue.name
  return (
    <Sheet title={name} label={name} marks={<span className="muted">{queue.code}</span>} testId="queue-sheet" onClose={onClose}>
      <Members queue={queue} writes={writes} />
      <QueueSettings queue={queue} writes={writes} />
    </Sheet>
  )
}
