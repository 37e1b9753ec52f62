/** Words of what queues are set to, of calendars and of dispositions. */
export const queuesZh = {
  queueSet: {
    tabs: '队列设置', tab: { members: '成员', basics: '基本', whom: '分给谁', waiting: '等待', overflow: '溢出', after: '话后与目标' },
    changed: '{{count}} 处未保存', discard: '放弃修改', switchHint: '未保存的修改会一直留着，直到关闭',
    strategy: { longest_idle: '空闲最久的先接', least_occupied: '今日最不忙的先接', round_robin: '轮流', most_skilled: '本队列级别最高的先接', least_skilled_sufficient: '够用即可，把高手留给难题', ring_all: '全部同时振铃', fixed_order: '按固定顺序' },
    strategyHint: { longest_idle: '同样空闲时按工号', least_occupied: '按今日通话与话后所占时间', round_robin: '每人接一个，依次往下', most_skilled: '同级时空闲最久的先接', least_skilled_sufficient: '满足技能要求的人里，级别低的先接', ring_all: '谁先接归谁；其余的人不算漏接', fixed_order: '顺序在“成员”中设置，数字小的先接' },
    active: '在用', closed: '已停用', off: '停用队列', offHint: '正在排队的会转到别的队列；进行中的通话不受影响', on: '启用队列', calendar: '服务时间', always: '全天服务，没有休息日', calendarNow: { open: '现在开放', closed: '现在休息', holiday: '现在放假' },
    position: '顺序', positionOf: '{{name}}的顺序',
    skills: '技能要求', noSkills: '没有要求，成员都可以接', addSkill: '添加技能', required: '必须', preferred: '优先', level: '级别不低于', relax: '等待', relaxAfter: '秒后放宽到', relaxNever: '不放宽', anyLevel: '不限', skillGone: '未知技能', relaxWrong: '放宽后的级别要更低', relaxMissing: '“优先”的技能要写明多少秒后放宽', secondsOf: '{{name}}放宽前的秒数',
    prefer: '等熟悉的座席', preferHint: '上次接听的、负责的或客户经理；到时其他人也可以接。0 为不等',
    music: '等待音乐', notice: '排队前先播', greeting: '进入队列时播', none: '不播', first: '首次播报', every: '每隔', everyHint: '0 为不播报', says: '播报内容', position_: '排在第几位', estimate: '预计等候时间', comfort: '安抚语', comfortHint: '没有别的可播时轮流播', callback: '提议回电', callbackHint: '等这么久后询问客户，回电保留排队位置。0 为不问', voicemail: '提议留言', voicemailHint: '等这么久后询问客户。0 为不问', connect: '接通时', agentNumber: '先报座席工号',
    tune: { queue_music: '轻音乐', hold_music: '舒缓音乐' },
    overflow: '溢出规则', overflowHint: '从上往下，先符合的先用', noRules: '没有规则，客户会一直等到有人接', addRule: '添加规则', full: '最多 10 条', up: '上移', remove: '删除规则',
    when: { wait: '等待超过', length: '排队人数达到', estimate: '预计等候超过', nobody: '没有人签入', closed: '不在服务时间' }, whenLabel: '什么时候', to: { queue: '转到队列', site: '其他机构也接', voicemail: '留言', callback: '登记回电', message: '播放后结束', number: '转外部号码' }, toLabel: '怎么办', help: '也请队列帮忙', limit: '数值', people: '人', target: '转到哪里', pickQueue: '选择队列', pickPrompt: '选择语音', closedHint: '没有设服务时间的队列总是开放，这条不会用到',
    wrong: { limit: '请填写大于 0 的数', target: '请选择转到哪里', number: '2 到 20 位数字，国际号码前加 +', self: '不能转给自己' },
    wrapup: '话后时限', extend: '最多可延长', target_: '服务水平', within: '秒内接起', share: '目标比例', targetHint: '报表与监控按此计算',
    seconds: '秒',
  },
  calendars: {
    title: '服务时间', add: '新增日历', empty: '还没有日历，队列全天开放', open: '开放', closed: '休息', holiday: '放假', until: '到 {{at}}', opens: '{{at}} 开放', forever: '一直如此', and: '、', usedBy: '使用的队列', unused: '没有队列使用', removeHint: '删除后不能恢复', zone: '时区', state: '现在',
    week: '每周', holidays: '节假日', keep: '遵守中国法定节假日与调休', keepHint: '放假的日子休息，调休上班的周末按被换的那天开放', holidayHours: '节假日的时间', holidayClosed: '休息', year: '全年', days: '特殊日期', noDays: '今年没有自己的特殊日期', addDay: '添加日期', addSpan: '添加时段', removeSpan: '删除时段', from: '开始', to: '结束', allDay: '全天', rest: '休息', copyMonday: '周二至周五与周一相同', wrongSpan: '时间写作 08:30，结束要晚于开始，各段不重叠', mostSpans: '每天最多 6 段',
    thisDay: '这一天',
    weekday: { 0: '周一', 1: '周二', 2: '周三', 3: '周四', 4: '周五', 5: '周六', 6: '周日' }, short: { 0: '一', 1: '二', 2: '三', 3: '四', 4: '五', 5: '六', 6: '日' }, month: '{{month}} 月', before: '上一年', after: '下一年', notAnnounced: '{{year}} 年的放假安排尚未公布，只显示法定的日子，没有调休',
    legend: { week: '平日', free: '休息', holiday: '节假日', makeup: '调休上班', special: '特殊日期' }, kind: { closed: '休息', hours: '特定时间', weekday: '按另一天' }, name: '名称', like: '按哪一天', ordinary: '恢复平日', dayOf: '{{date}} {{what}}', likeDay: '按{{day}}', put: '已设置', date: '{{year}} 年 {{month}} {{day}} 日', hoursMissing: '请填写时间',
  },
  dispositions: {
    title: '小结', add: '新增小结', addBelow: '在下级新增', empty: '还没有小结，话后只写备注', hint: '话后时座席从这里选；已用过的请停用，记录里才有名称', parent: '上级', top: '无上级', queues: '用于哪些队列', everywhere: '全部队列', note: '必须写备注', active: '在用', off: '已停用', position: '顺序', noteMark: '要备注', removeHint: '以往记录只剩编码，要保留名称请停用', of: '{{name}}的下级', inactive: '停用',
  },
  problem: {
    unknown_skill: '有一项技能已不存在', skill_twice: '同一技能写了两次', unknown_calendar: '这个日历已不存在', unknown_prompt: '有一段语音已不存在', no_such_target: '要转去的队列不存在或已停用', overflow_circle: '这样几个队列会互相转来转去，客户永远没人接', two_levels: '小结只有两级', unknown_queue: '有一个队列已不存在', no_such_day: '这一天没有特殊设置', too_many_days: '特殊日期太多，请先删除过去的', no_such_calendar: '没有这个日历', no_such_disposition: '没有这个小结',
  },
  action: { calendar_created: '新增日历', calendar_changed: '修改日历', calendar_deleted: '删除日历', calendar_day_put: '设置特殊日期', calendar_day_removed: '取消特殊日期', disposition_created: '新增小结', disposition_changed: '修改小结', disposition_deleted: '删除小结' },
  objectKind: { calendar: '日历', disposition: '小结' },
}
