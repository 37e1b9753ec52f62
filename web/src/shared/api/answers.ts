import type { paths } from './generated'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Json<R> = R extends { content: { 'application/json': infer Body } } ? Body : never

/** What a call answers with when it succeeds: by its address, since models may be renamed. */
export type Answer<Path extends keyof paths, M extends Method = 'get'> = paths[Path][M] extends { responses: infer R }
  ? Json<R[Extract<keyof R, 200 | 201 | 202>]>
  : never

/** One of the things that a list holds. */
export type ItemOf<Path extends keyof paths> = Answer<Path> extends { items: Array<infer Item> } ? Item : never
