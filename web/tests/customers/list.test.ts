import { describe, expect, it } from 'vitest'

import { listSearch, readCustomerFilter, withPart } from '@/features/customers/list/filter'
import { mark, markDigits } from '@/features/customers/list/marks'

const hits = (pieces: Array<{ text: string; hit: boolean }>) => pieces.filter((one) => one.hit).map((one) => one.text)

describe('marks of what was searched for', () => {
  it('stand where the text is, whatever its case', () => {
    expect(hits(mark('王小芳', '小芳'))).toEqual(['小芳'])
    expect(hits(mark('Anna Smith', 'SMI'))).toEqual(['Smi'])
    expect(hits(mark('王芳', 'wf'))).toEqual([])
    expect(mark('王芳', '').map((one) => one.text)).toEqual(['王芳'])
  })
  it('reach over the spaces in a number, the end before the start', () => {
    expect(hits(markDigits('138 0000 0001', '0001'))).toEqual(['0001'])
    expect(hits(markDigits('138 0000 0001', '13800'))).toEqual(['138 00'])
    expect(hits(markDigits('0571-8812 6620', '571-8812'))).toEqual(['571-8812'])
    expect(hits(markDigits('138 0000 0001', '9'))).toEqual([])
  })
  it('leave the text as it was', () => {
    expect(markDigits('138 0000 0001', '0000').map((one) => one.text).join('')).toBe('138 0000 0001')
  })
})

describe('the list in the address bar', () => {
  it('takes digits that the router has read as a number, and drops what is no filter', () => {
    expect(readCustomerFilter({ q: 13800000001, kind: 'robot', class: 'gold', tab: 'history' })).toEqual({ q: '13800000001', class: 'gold' })
  })
  it('forgets a part that was emptied', () => {
    expect(withPart({ q: '王', class: 'gold' }, { class: undefined })).toEqual({ q: '王' })
  })
  it('is all that goes back with one from a page on top', () => {
    expect(listSearch({ q: '王', tab: 'duplicates', keep: 'a' })).toEqual({ q: '王' })
  })
})
