/** 桌面的文字：工具区、识别、名单、快捷键、通知。 */
export const deskZh = {
  panel: { width: '工具区宽度', split: '两个工具的分界', widen: '展开', narrow: '收窄', fresh: '{{count}} 项新内容' },
  guided: {
    title: '引导识别', hint: '先问最能区分的一题；每答一题，下表即时收窄', excluded: '已排除 {{count}} 位', again: '重来', other: '其他',
    ask: { surname: '“请问机主贵姓？”', road: '“家住哪条路？”', product: '“办的是哪项业务？”', id_number: '“身份证后四位？”' },
    placeholder: { road: '路名或小区，回车比对', id_number: '4 位，系统比对，不显示原号' },
    basis: '可能性 = 号码角色 + 最近联系 + 待回拨 + 按键', role: { owner: '机主', agent: '代办人', former: '前机主' }, roleOf: '{{role}}（{{label}}）',
    likelihood: { 1: '弱', 2: '可能', 3: '较可能', 4: '很可能' },
    reason: { owner: '号码是本人的', agent: '号码是代办人的', former: '号码曾是本人的', open_callback: '有待回拨', recent_week: '7 天内联系过', recent_quarter: '90 天内联系过', path: '按键与其业务相符' },
    last: '{{date}} {{channel}}', noContact: '一年内无联系', noProducts: '无在用业务', owed: '{{count}} 个待回拨', nobody: '没有人符合这些回答；核对后重来，或在下方查找',
    noneOfThem: '都不是，用姓名、证件、地址查找', forAnother: '换号来电：记为代办', ownCall: '取消代办', onBehalf: '来电人为他人代办：选定后线索注明代办关系', unidentified: '先不识别，直接办理',
  },
  strip: {
    lately: '7 天内第 {{count}} 次来电', owed: '{{count}} 个待回拨', verified: '已验证', verifiedBy: '已验证 {{by}}', unverified: '未验证', onBehalf: '代办', business: '业务',
    kind: { mobile: '移动电话', fixed: '固定电话', service: '服务号码', unknown: '' }, create: '新建客户', undo: '改选',
  },
  createDesk: { similar: '可能已有这位客户', open: '就是这位', place: '号码归属 {{place}}' },
  rosterDesk: { due: '待办', today: '今日 {{count}}', dueIn: '{{time}} 后到时', overdue: '超时 {{time}}', now: '现在', voicemail: '留言待回', callback: '预约回呼', more: '还有 {{count}} 项' },
  keyAction: {
    answer: '接听', hangup: '挂机或拒接', hold: '保持或取回', mute: '静音或取消', consult: '咨询或拨号', transfer: '转接', conference: '三方', business: '业务菜单，再按一个字母',
    rosterUp: '上一个交互', rosterDown: '下一个交互', note: '记一笔', script: '话术，再按 1–9', submit: '提交', palette: '命令', region: '下一个区域', regionBack: '上一个区域', help: '全部快捷键', expert: '求助专家',
  },
  keySettings: {
    change: '更改', changeOf: '更改“{{action}}”的快捷键', strike: '请按新键，Esc 放弃', reset: '全部恢复默认', taken: '已用于“{{action}}”', bare: '须带 Ctrl 或 Alt，或用功能键', reserved: '浏览器或输入法要用这个键', open: '快捷键…',
  },
  alerts: { title: '新交互提醒', sound: '铃声', flash: '标题闪动' },
  tryOut: {
    title: '模拟客户', lead: '用一个客户的号码给中心打一个真实的电话。另开一个窗口登录座席，就能一个人试两边。', who: '谁来电', call: '来电', hangUp: '挂断', keys: '按键', again: '再打一次',
    state: { calling: '正在拨号', ringing: '对方振铃', answered: '已接通', ended: '已结束', failed: '未能拨出' }, heard: '通话 {{time}}', link: '没有人来电？自己扮演客户打一个', refused: '只在演示中可用', back: '回到登录',
    customer: { known: '已知客户', shared: '一号多人', vip: 'VIP', stranger: '新号码' },
  },
}

/** 问题的说法，按稳定的代码。 */
export const deskProblemsZh = {
  visitor_busy: '模拟客户还在通话，请先挂断', no_such_visit: '这个电话已经结束', too_many_visits: '拨打过于频繁，请稍候', not_in_demo: '只在演示中可用', too_many_comparisons: '比对次数较多，请稍候再试',
}
