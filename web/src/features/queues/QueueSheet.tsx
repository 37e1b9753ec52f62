import { Button, Switch, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { Confirm } from '@/shared/ui/Confirm'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, ErrorLine } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { After, Basics } from './Basics'
import { Members } from './Members'
import { Overflow } from './Overflow'
import { changesOf, tabOf, tabs, wrongTabs, type Tab, type Touched } from './settings'
import { Waiting } from './Waiting'
import { useAction as useKeyAction } from '@/shared/keys/actions'
import { Whom } from './Whom'

/** One queue: its members count at once, its settings are kept over all tabs until they are saved together. */
export function QueueSheet({ queue, queues, onClose }: { queue: Queue; queues: readonly Queue[]; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const writes = useMay()('queues.write')
  const [tab, setTab] = useState<Tab>('members')
  const [touched, setTouched] = useState<Touched>({})
  const [tried, setTried] = useState(false)
  const [saved, setSaved] = useState(false)
  const { busy, problem, setProblem, run } = useAction('/queues')
  const value: Queue = { ...queue, ...touched }
  const changes = changesOf(queue, touched)
  const count = Object.keys(changes).length
  const wrong = wrongTabs(value)
  const about = tabOf(problem)
  const name = (i18n.language === 'en' && queue.name_en) || queue.name

  const set = (part: Touched) => {
    setTouched({ ...touched, ...part })
    setSaved(false)
    setProblem(null)
  }
  const save = async () => {
    setTried(true)
    if (wrong[0]) {
      setTab(wrong.includes(tab) ? tab : wrong[0])
      return
    }
    if (!count || busy) return
    const result = await run(() => api.patch<Queue>(`/queues/${queue.id}`, changes))
    if (result.ok) {
      setTouched({})
      setSaved(true)
      setTried(false)
    } else setTab(tabOf(result.problem) ?? tab)
  }
  useKeyAction('submit', () => void save(), writes && count > 0)
  const activate = (active: boolean) => void run(() => api.patch(`/queues/${queue.id}`, { active }))
  const part = { value, set, writes, tried }
  const pages: Record<Tab, React.ReactNode> = {
    members: <Members queue={queue} writes={writes} strategy={value.strategy} />,
    basics: <Basics {...part} />,
    whom: <Whom {...part} />,
    waiting: <Waiting {...part} />,
    overflow: <Overflow {...part} queues={queues} />,
    after: <After {...part} />,
  }
  return (
    <Sheet
      title={name}
      label={name}
      marks={
        <>
          <span className="muted">{queue.code}</span>
          {!queue.active && (
            <Chip tone="neutral" icon="minusCircle">
              {t('queueSet.closed')}
            </Chip>
          )}
        </>
      }
      testId="queue-sheet"
      onClose={onClose}
      foot={
        writes && (
          <>
            {queue.active ? (
              <Confirm title={t('queueSet.off')} hint={t('queueSet.offHint')} verb={t('queueSet.off')} disabled={busy || count > 0} testId="queue-off" onConfirm={() => activate(false)} />
            ) : (
              <label className="queue-on">
                <Switch checked={false} loading={busy} onChange={() => activate(true)} /> {t('queueSet.on')}
              </label>
            )}
            {problem !== null && !about && <ErrorLine problem={problem} />}
            <span className="foot-end">
              {saved && count === 0 && (
                <span className="saved" role="status">
                  <Icon name="check" /> {t('admin.common.saved')}
                </span>
              )}
              {count > 0 && (
                <>
                  <span className="queue-count text-amber" title={t('queueSet.switchHint')}>
                    {t('queueSet.changed', { count })}
                  </span>
                  <Button
                    onClick={() => {
                      setTouched({})
                      setTried(false)
                      setProblem(null)
                    }}
                  >
                    {t('queueSet.discard')}
                  </Button>
                </>
              )}
              <Button type="primary" disabled={count === 0} loading={busy} data-testid="queue-settings-save" onClick={() => void save()}>
                {t('admin.common.save')}
              </Button>
            </span>
          </>
        )
      }
    >
      <Tabs
        className="queue-tabs"
        size="small"
        tabBarGutter={20}
        activeKey={tab}
        aria-label={t('queueSet.tabs')}
        onChange={(key) => setTab(key as Tab)}
        items={tabs.map((key) => ({
          key,
          label: (
            <span data-testid={`queue-tab-${key}`}>
              {t(`queueSet.tab.${key}`)}
              {tried && wrong.includes(key) && <Icon name="octagon" size={14} className="text-red" />}
            </span>
          ),
          children: (
            <>
              {about === key && problem !== null && <ErrorLine problem={problem} />}
              {pages[key]}
            </>
          ),
        }))}
      />
    </Sheet>
  )
}
