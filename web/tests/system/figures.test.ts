import { describe, expect, it } from 'vitest'

import { deviceOf } from '@/features/profile/device'
import { bytes, whole } from '@/features/system/figures'
import { called, said } from '@/features/system/said'

describe('figures of the system', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [250 * 1024 ** 2, '250 MB'],
    [1.25 * 1024 ** 4, '1.3 TB'],
  ])('%d bytes', (count, text) => expect(bytes(count)).toBe(text))
  it('thousands are parted', () => expect(whole(1234567)).toBe('1,234,567'))
  it('what is usual has words, the rest is shown as it is', () => {
    const t = (key: string, options?: Record<string, unknown>) => `${key} ${JSON.stringify(options)}`
    expect(said('3 entries behind', t)).toBe('admin.status.say.behind {"count":"3"}')
    expect(said('12 legs, 3% of the time used, room for 700', t)).toBe('admin.status.say.legs {"count":"12","load":"3%","room":"700"}')
    expect(said('disk is on fire', t)).toBe('disk is on fire')
    expect(called('media-2', t)).toBe('admin.status.mediaWorker {"number":"2"}')
  })
})

describe('the device of a session', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0 Safari/537.36 Edg/149.0', 'Edge · Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'Safari · macOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari · iOS'],
    ['python-httpx/0.28', null],
    [null, null],
  ])('%s', (agent, device) => expect(deviceOf(agent)).toBe(device))
})
