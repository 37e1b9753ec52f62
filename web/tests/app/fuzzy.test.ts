import { describe, expect, it } from 'vitest'

import { fit, ranked } from '@/app/palette/fuzzy'

const desk = { text: '座席', also: ['Desk'], pinyin: 'zuo xi' }
const roles = { text: '角色', also: ['Roles'], pinyin: 'jue se' }
const status = { text: '运行状态', also: ['System status'], pinyin: 'yun xing zhuang tai' }

describe('finding by what is typed', () => {
  it.each(['zx', 'zuox', 'zuoxi', 'zxi', '座', 'desk', 'DESK'])('%s is the desk', (typed) => {
    expect(fit(typed, desk)).toBeGreaterThan(0)
  })
  it.each(['js', 'jse', 'juese'])('%s is the roles', (typed) => {
    expect(ranked(typed, [desk, roles, status])).toEqual([roles])
  })
  it('finds the middle of a name, later than its beginning', () => {
    expect(fit('zt', status)).toBeGreaterThan(0)
    expect(fit('yx', status)).toBeGreaterThan(fit('zt', status))
  })
  it('does not find what has the letters somewhere only', () => {
    expect(fit('zz', desk)).toBe(0)
    expect(fit('xz', desk)).toBe(0)
    expect(fit('se', status)).toBe(0)
  })
  it('puts the name itself before names that only contain it', () => {
    const long = { text: 'Access roles of tenants' }
    const exact = { text: 'Roles' }
    expect(ranked('roles', [long, exact])).toEqual([exact, long])
  })
  it('keeps the order where nothing is typed', () => {
    expect(ranked(' ', [status, desk])).toEqual([status, desk])
  })
})
