import { describe, expect, it } from 'vitest'

import { money } from '@/shared/format/money'
import { dialable, maskName, maskPhone, phone } from '@/shared/format/phone'

describe('phone numbers', () => {
  it.each([
    ['13800000001', '138 0000 0001'],
    ['+8613800000001', '138 0000 0001'],
    ['008613800000001', '138 0000 0001'],
    ['057188126620', '0571-8812 6620'],
    ['+8657188126620', '0571-8812 6620'],
    ['02088886666', '020-8888 6666'],
    ['01088886666', '010-8888 6666'],
    ['05771234567', '0577-123 4567'],
    ['10000', '10000'],
    ['+442079460000', '+442079460000'],
    ['anonymous', 'anonymous'],
    ['', ''],
    [null, ''],
  ])('%s is shown as %s', (given, shown) => {
    expect(phone(given)).toBe(shown)
  })

  it('are masked in the middle, and short ones wholly', () => {
    expect(maskPhone('13812344471')).toBe('138****4471')
    expect(maskPhone('+8613812344471')).toBe('138****4471')
    expect(maskPhone('057188126620')).toBe('057*****6620')
    expect(maskPhone('10000')).toBe('*****')
  })

  it('lose everything that cannot be dialled', () => {
    expect(dialable(' 138-0000 0001 ')).toBe('13800000001')
    expect(dialable('+86 (571) 8812+6620')).toBe('+8657188126620')
  })
})

describe('names', () => {
  it('keep the first letter only', () => {
    expect(maskName('王芳')).toBe('王*')
    expect(maskName('欧阳文静')).toBe('欧***')
    expect(maskName('')).toBe('')
  })
})

describe('money', () => {
  it.each([
    [4860, '¥ 48.60'],
    [121860, '¥ 1,218.60'],
    [100000000, '¥ 1,000,000.00'],
    [-500, '−¥ 5.00'],
    [7, '¥ 0.07'],
  ])('%i is shown as %s', (minor, shown) => {
    expect(money(minor)).toBe(shown)
  })
})
