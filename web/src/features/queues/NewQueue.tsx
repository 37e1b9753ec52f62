import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { ThingDialog } from '@/shared/ui/ThingDialog'

/** A new queue begins with the usual times; they are set beside it afterwards. */
export function NewQueue({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation()
  return (
    <ThingDialog
      title={t('admin.queues.add')}
      thing={null}
      english
      renew={['/queues']}
      testId="queue"
      onClose={onClose}
      save={async (thing) => {
        const { id } = await api.post<Queue>('/queues', thing)
        onMade(id)
      }}
    />
  )
}
