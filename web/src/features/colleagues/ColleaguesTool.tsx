import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { keyText, useKeysOf } from '@/shared/keys/actions'
import { Icon } from '@/shared/ui/Icon'
import { Keycap } from '@/shared/ui/parts'
import { AskExpert } from './AskExpert'
import { ChatList } from './ChatList'
import { ChatRoom } from './ChatRoom'
import { Directory } from './Directory'
import { colleagues_region, view, type View } from './entry'
import { Handovers } from './Handovers'
import './colleagues.css'

const lists = ['chats', 'people', 'handover'] as const

/** 同事: write to somebody, ask an expert about this contact, take over what the last shift left. */
export function ColleaguesTool({ interaction, visible }: { interaction: InteractionDocument | null; visible: boolean }) {
  const { t } = useTranslation()
  const keysOf = useKeysOf()
  const shown = useSyncExternalStore(view.subscribe, view.get)
  const go = (next: View) => view.set(next)
  const list = lists.find((one) => one === shown.at)
  return (
    <section id={colleagues_region} className="tool colleagues-tool" tabIndex={-1} aria-label={t('colleagues.title')} data-testid="colleagues-tool">
      <h2 className="tool-head">
        <Icon name="people" className="muted" />
        <span>{t('colleagues.title')}</span>
        <button type="button" className="link colleagues-ask" disabled={!interaction} title={interaction ? undefined : t('colleagues.noContact')} data-testid="expert-ask" onClick={() => go({ at: 'ask' })}>
          {t('colleagues.ask')} <Keycap>{keyText(keysOf('expert'))}</Keycap>
        </button>
      </h2>
      <div className="colleagues-tabs" role="tablist" aria-label={t('colleagues.title')}>
        {lists.map((one) => (
          <button key={one} type="button" role="tab" aria-selected={list === one} data-testid={`colleagues-${one}`} onClick={() => go({ at: one })}>
            {t(`colleagues.tab.${one}`)}
          </button>
        ))}
      </div>
      {shown.at === 'chats' && <ChatList onOpen={(id) => go({ at: 'chat', id })} />}
      {shown.at === 'people' && <Directory onOpen={(id) => go({ at: 'chat', id })} />}
      {shown.at === 'handover' && <Handovers interaction={interaction} />}
      {shown.at === 'chat' && <ChatRoom key={shown.id} id={shown.id} visible={visible} onBack={() => go({ at: 'chats' })} />}
      {shown.at === 'ask' && (interaction ? <AskExpert key={interaction.id} interaction={interaction} onAsked={(id) => go({ at: 'chat', id })} onBack={() => go({ at: 'chats' })} /> : <ChatList onOpen={(id) => go({ at: 'chat', id })} />)}
    </section>
  )
}
