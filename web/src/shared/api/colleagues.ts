import type { components } from './generated'

type Schemas = components['schemas']

export type Bulletin = Schemas['Bulletin']
export type BulletinReader = Schemas['Reader']
export type UnreadBulletins = Schemas['Unread']
export type Colleague = Schemas['Colleague']
export type Chat = Schemas['Chat']
export type ChatMessage = Schemas['ChatMessage']
export type Handover = Schemas['Handover']
export type HandoverGroup = Schemas['HandoverGroup']

/** What a live document says between colleagues: that there is something new, never what. */
export interface News {
  at: string
  chat_id?: string
  author_id?: string
}
