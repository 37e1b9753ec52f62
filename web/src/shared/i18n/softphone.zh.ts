/** 话机：转接、咨询、三方、呼出、设备检测。 */
export const softphoneZh = {
  complete: '完成转接', cancel: '回客户', join: '并入', leave: '退出', people: '成员', alternate: '切换',
  youAreAsked: '您正被咨询，客户由同事接待', notInCharge: '客户由同事接待', stillRings: '对方还没有接听', othersSpeak: '三方通话中，不能保持',
  askFirst: '先咨询，对方接听后可并入三方',
  rings: '振铃 {{time}}', speaks: '通话 {{time}}', waits: '等候 {{time}}', finding: '正在找人 {{time}}', customerWaits: '听音乐', withOthers: '共 {{count}} 方',
  askedBy: '{{by}} 咨询：{{note}}', askedByOnly: '{{by}} 咨询', handedBy: '由 {{by}} 转来：{{note}}', handedByOnly: '由 {{by}} 转来',
  consultFailed: '咨询 {{whom}} 未接通（{{why}}），客户仍在保持中', transferFailed: '转接 {{whom}} 未接通（{{why}}），客户正回到您这里',
  second: '另有来电 {{who}}，通话中未响铃',
  failed: {
    transfer: '未能转接，客户仍与您通话：{{why}}', consult: '未能咨询，客户仍与您通话：{{why}}', transferHeld: '未能转接，客户仍在保持中：{{why}}', consultHeld: '未能咨询，客户仍在保持中：{{why}}',
    complete: '未能完成转接，咨询仍在进行：{{why}}', cancel: '未能回到客户，咨询仍在进行：{{why}}', join: '未能并入，咨询仍在进行：{{why}}', alternate: '未能切换，通话照常：{{why}}',
    leave: '未能退出，通话照常：{{why}}', drop: '未能请出，通话照常：{{why}}',
  },
  directory: {
    title: '转接与咨询', placeholder: '姓名、拼音、工号、队列或任意号码', note: '给对方的留言（转接与咨询时一并送达）', notePlaceholder: '例如：核对十月账单，客户已验证身份',
    agents: '同事', queues: '队列', outside: '外线号码', dial: '拨打 {{number}}', nothing: '没有符合“{{text}}”的同事或队列；输入号码可转外线', failed: '通讯录未返回，仍可直接输入工号或号码', more: '人数较多，请再输入几个字',
    transfer: '直接转接', consult: '先咨询', keys: '选择', close: '关闭', ready: '空闲 {{count}} 人', waiting: '排队 {{count}} 人', loading: '正在查找',
  },
  members: { title: '通话成员', drop: '请出', leave: '退出通话', leaveHint: '其余人继续与客户通话', you: '您', customer: '客户', state: { talking: '通话中', ringing: '振铃', waiting: '等候', hold: '保持', lost: '已断开' } },
  dial: {
    open: '呼出', title: '呼出', number: '号码', show: '显示号码', standard: '本中心号码', call: '呼出', recent: '最近呼出', missing: '请填写号码', failed: '未能呼出：{{why}}', hint: '您的话机先接通，再呼叫对方', owed: '待回拨 {{count}}', none: '呼出过的号码会列在这里，关闭窗口后清除',
  },
  check: {
    open: '检测耳机与网络', title: '检测耳机与网络', first: '首次在此浏览器使用，请检测耳机与网络', begin: '开始检测', skip: '以后再说',
    microphone: '麦克风', speak: '请说一句话，绿条应随声音起伏', heard: '能听到您的声音', quiet: '还没有听到声音', noMicrophone: '没有可用的麦克风：接好并在地址栏允许',
    speaker: '耳机', ring: '振铃设备', standard: '系统默认', play: '播放试音', playing: '正在播放', testRing: '试振铃',
    network: '网络', sip: '信令往返', ice: '语音通路', ms: '{{count}} 毫秒', unreached: '未连通', direct: '直连', relay: '经中继', testing: '检测中', again: '重新检测',
    good: '网络良好', slow: '网络较慢，声音可能延迟', bad: '连不上中心，请检查网络后重试', done: '完成', kept: '上次检测 {{time}}：{{result}}', fine: '正常', notFine: '有问题',
  },
  problems: {
    agent_not_free: '该同事现在不空闲，可换一位或转队列', agent_has_it: '这通电话已在该同事处', no_target: '请选择同事、队列或输入号码', number_not_allowed: '按拨打权限，不能拨打这个号码', no_such_participant: '对方已离开通话',
    not_our_number: '这不是本中心的号码', not_registered: '对方的话机不可达', trunks_full: '外线已满，请稍后再试', no_such_queue: '没有这个队列', bad_keys: '按键不正确',
  },
  auto: '自动接听',
}
