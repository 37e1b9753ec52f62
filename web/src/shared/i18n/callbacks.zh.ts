/** 回拨与留言页面的文字。 */
export const callbacksZh = {
  callbacks: {
    title: '回拨与留言', detail: '回拨', book: '登记回拨', empty: '没有待回拨的客户', nothing: '没有符合条件的回拨', refresh: '刷新',
    tab: { open: '待办', done: '已完成', failed: '未接通', cancelled: '已取消' },
    due: '时间', customer: '客户', queue: '队列', attempts: '次数', state: '状态', message: '留言', anyQueue: '全部队列', anyKind: '全部类型', hidden: '未显示号码', stranger: '未识别', now: '尽快', overdue: '已到时间',
    kind: { callback: '回拨', voicemail: '留言', web: '网上预约' },
    states: { waiting: '等待', offered: '座席振铃', dialling: '正在呼叫', done: '已完成', failed: '未接通', cancelled: '已取消' },
    result: { answered: '已接通', busy: '占线', no_answer: '无人接听', refused: '拒接', unreachable: '无法接通', denied: '号码不允许拨打', given_up: '座席先挂断', interrupted: '系统中断', called_in: '客户已打来', heard: '已处理' },
    times: '{{count}}/{{most}} 次', asked: '客户等候自', booked: '登记时间', last: '上次结果', agent: '座席', note: '说明', from: '来自交互', call: '我们的呼叫', open: '打开', language: '语言',
    putOff: '改期', cancel: '取消回拨', undo: '撤销', done: '已处理', again: '重新回拨', cancelled: '已取消对 {{who}} 的回拨', putOffTo: '已改到 {{at}}', marked: '已标记为处理完毕', newTime: '新的时间', inPast: '请选择以后的时间', heardOnly: '没有号码，只能收听',
    number: '号码', numberWrong: '请填写可拨打的号码', when: '时间', asSoon: '尽快', mine: '由我来打', made: '已登记', cannotDial: '占线五分钟、无人接听三十分钟后再试，共三次',
  },
  problem: { no_such_callback: '没有这条回拨，或不在您的队列', no_number: '号码不能拨打', callback_not_waiting: '正在回拨或已结束，不能改' },
  action: { callback_booked: '登记回拨', callback_changed: '修改回拨', call_made: '拨打客户' },
  objectKind: { callback: '回拨' },
}
