import { Button, Modal } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { type ActionId, actions, fixedKeys, keysOf, keyText, refused, type Refused, resetKeys, setKeys } from '@/shared/keys/actions'
import { captureKeys } from '@/shared/keys/keys'
import { usePrefs } from '@/shared/prefs/prefs'
import { Icon } from '@/shared/ui/Icon'
import { Keycap } from '@/shared/ui/parts'

/** All shortcuts; each can be given another key on the spot. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { keys } = usePrefs()
  const [learning, setLearning] = useState<ActionId | null>(null)
  const [problem, setProblem] = useState<{ id: ActionId; refused: Refused } | null>(null)
  useEffect(() => {
    if (!learning) return
    return captureKeys((name) => {
      setLearning(null)
      setProblem(null)
      if (name === 'Escape') return
      const no = refused(learning, name, keys)
      if (no) setProblem({ id: learning, refused: no })
      else setKeys(learning, name)
    })
  }, [learning, keys])
  const close = () => {
    setLearning(null)
    setProblem(null)
    onClose()
  }
  const nameOf = (id: ActionId) => t(actions.find((one) => one.id === id)?.name ?? id)
  const changed = Object.keys(keys).length > 0
  return (
    <Modal
      open={open}
      onCancel={close}
      title={t('keys.all')}
      width={520}
      destroyOnHidden
      keyboard={learning === null}
      footer={changed ? <Button onClick={resetKeys}>{t('keySettings.reset')}</Button> : null}
    >
      <dl className="key-list">
        {actions.map(({ id, name }) => (
          <div key={id} data-testid={`key-${id}`}>
            <dt>
              <Keycap>{keyText(keysOf(id, keys))}</Keycap>
            </dt>
            <dd>
              <span>{t(name)}</span>
              {problem?.id === id && (
                <span className="key-problem text-red" role="alert">
                  <Icon name="octagon" size={14} />
                  {problem.refused.why === 'taken' ? t('keySettings.taken', { action: nameOf(problem.refused.by) }) : t(`keySettings.${problem.refused.why}`)}
                </span>
              )}
              <button type="button" className="link" aria-label={t('keySettings.changeOf', { action: t(name) })} onClick={() => setLearning(learning === id ? null : id)}>
                {t(learning === id ? 'keySettings.strike' : 'keySettings.change')}
              </button>
            </dd>
          </div>
        ))}
        {fixedKeys.map(({ keys: fixed, name }) => (
          <div key={name}>
            <dt>
              <Keycap>{fixed}</Keycap>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
