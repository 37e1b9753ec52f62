import type { Shape } from './shape'
import { businessesZh } from './businesses.zh'
import { colleaguesZh } from './colleagues.zh'
import { deskZh, deskProblemsZh } from './desk.zh'
import { overviewZh } from './overview.zh'
import { interactionsZh } from './interactions.zh'
import { knowledgeZh } from './knowledge.zh'
import { shellZh } from './shell.zh'
import { softphoneZh } from './softphone.zh'
import { trailToolsZh } from './trail.zh'

/** 界面文字。语气：先说现状，再说怎么办；不用感叹号，不责备。 */
export const zh = {
  app: { name: '悦来', about: '客户服务中心', noDesk: '您的角色没有座席工作台。', notFound: '没有这个页面。' },
  common: { retry: '重试', all: '全部', fewer: '收起' },
  time: { seconds: '{{count}} 秒' },
  month: {
    1: '1 月', 2: '2 月', 3: '3 月', 4: '4 月', 5: '5 月', 6: '6 月',
    7: '7 月', 8: '8 月', 9: '9 月', 10: '10 月', 11: '11 月', 12: '12 月',
  },
  nav: { title: '导航', desk: '座席', interactions: '记录', customers: '客户', ...shellZh.nav, ...knowledgeZh.nav, ...colleaguesZh.nav },
  colleagues: colleaguesZh.colleagues, handover: colleaguesZh.handover, bulletin: colleaguesZh.bulletin,
  palette: shellZh.palette,
  notice: shellZh.notice,
  rail: { trail: '线索', ...knowledgeZh.rail, ...colleaguesZh.rail },
  session: {
    ...shellZh.session,
    username: '用户名', password: '密码', signIn: '登录', signOut: '退出登录',
    usernameMissing: '请填写用户名', passwordMissing: '请填写密码',
  },
  settings: {
    title: '设置', language: '语言', theme: '外观', light: '浅色', dark: '深色', system: '跟随系统',
    toLight: '切换到浅色', toDark: '切换到深色', notes: '窗口隐藏时桌面提醒', notesDenied: '浏览器未允许桌面提醒，可在地址栏的网站设置中开启',
  },
  agent: {
    mine: '我的状态', ready: '空闲', ringing: '振铃', talking: '通话中', hold: '保持', consult: '咨询中', wrapup: '话后', busy: '示忙', offline: '离线', cut: '断线',
    afterCall: '通话结束后生效', pending: '话后转为 {{state}}', pendingForced: '班长设置：话后转为 {{state}}', forced: '由班长设置', failed: '状态未更改：{{why}}',
  },
  reason: {
    lunch: '用餐', break: '小休', meal: '用餐', training: '培训', meeting: '会议', coaching: '辅导', outbound: '外呼', private_call: '其他通话', forced: '班长设置',
    rona: '未应答', declined: '拒接来电', system_restart: '系统重启', seat_lost: '话机断开', agent_left: '已离开',
  },
  seat: {
    title: '座席方式', browser: '浏览器话机', phone: '桌面话机', relayOnly: '语音仅经中继（排查用）',
    short: { browser: '浏览器话机', phone: '桌面话机' },
    unregistered: { browser: '浏览器话机未注册', phone: '桌面话机未注册' },
    lost: { browser: '浏览器话机断开，暂不分配来电', phone: '桌面话机断开，暂不分配来电' },
    insteadOf: { browser: '浏览器话机断开，暂用桌面话机', phone: '桌面话机断开，暂用浏览器话机' },
  },
  phone: {
    controls: '话务控制', answer: '接听', answering: '接通中', hold: '保持', retrieve: '取回', mute: '静音', unmute: '开麦',
    transfer: '转接', consult: '咨询', conference: '三方', keypad: '按键', hangup: '挂机', reject: '拒接',
    answerOnDesk: '请在话机上接听', onDesk: '请在话机上操作', notArrived: '来电正在送达话机',
    linkLost: '连接暂时中断，恢复后可用', otherTab: '话机在别的标签页或浏览器', inOtherTab: '话机在别的标签页或浏览器中',
    takeOver: '接管', takeOverHere: '在此接管', keypadHint: '按键发送给对方',
    microphoneDenied: '麦克风未授权：在地址栏允许后再接听', microphoneMissing: '未找到麦克风：接好后再接听',
    microphoneDeniedShort: '麦克风未授权', microphoneMissingShort: '未找到麦克风',
    noSound: '语音已断开，客户仍在线', rejoin: '重新接入', rejoining: '正在重新接入语音',
    poor: '网络不佳，声音可能断续', poorHint: '无需操作；改用有线网络会更稳定',
    registration: { off: '话机未启用', connecting: '话机注册中', registered: '话机已注册', failed: '话机注册未成功' },
    failed: {
      hold: '未能保持，通话照常：{{why}}', retrieve: '未能取回，客户仍在保持中：{{why}}', hangup: '未能挂机：{{why}}',
    },
  },
  softphone: softphoneZh,
  call: {
    none: '当前没有通话', recording: '录音中', recordingShort: '录音中', recordingPause: '录音中；客户报卡号时可暂停', recordingPaused: '未录音', recordingOff: '未录音', recordingResume: '已暂停录音，点击恢复', ringLeft: '{{count}} 秒后转他人', total: '总计 {{time}}', holding: '保持 {{time}}',
    wrapupLeft: '话后剩余时间', left: '余 {{time}}', gone: '{{who}} 的来电已离开，未接通', cut: '{{who}} 的通话已中断',
  },
  load: { queue: '排队', waiting: '{{count}} 人', longest: '最长 {{time}}', answered: '今日接听', average: '平均处理' },
  team: {
    title: '班组', number: '工号', name: '姓名', state: '状态', since: '持续', next: '之后', set: '设置', signOut: '签出', here: '{{count}} 人在岗，共 {{all}} 人',
    later: '{{who}} 通话结束后生效', empty: '没有可以看到的座席',
  },
  roster: {
    title: '我的交互', count: '{{count}} 个', ringing: '来电振铃',
    waiting: '没有交互，等待分配 {{time}}', busy: '没有交互。示忙中，不分配来电', offline: '没有交互。置为空闲后开始分配',
  },
  desk: {
    waiting: '等待来电 {{time}}', busy: '示忙中，不分配来电', offline: '您现在离线',
    waitingThen: '来电振铃时，客户资料会在这里先弹出。', offlineThen: '置为空闲后开始分配来电；状态在左上角随时可改。', becomeReady: '置为空闲',
  },
  tab: { title: '客户页面', overview: '360°视图', identify: '识别客户', create: '新建客户' },
  state: { ivr: '自助语音', queue: '排队中', ring: '振铃', dial: '呼出中', talk: '通话中', hold: '保持', consult: '咨询中', conference: '三方通话', message: '留言中', wrapup: '话后', closed: '已完成' },
  segment: { ivr: '自助语音', queue: '排队', ring: '振铃', dial: '呼出', talk: '通话', hold: '保持', consult: '咨询', conference: '三方', message: '留言', wrapup: '话后', running: '进行中' },
  channel: { voice: '电话' },
  class: { vip: 'VIP 客户', gold: '金卡客户', silver: '银卡客户' },
  classShort: { vip: 'VIP', gold: '金', silver: '银' },
  gender: { female: '女', male: '男', unknown: '未知' },
  customer: {
    age: '{{count}} 岁', no: '客户号 {{no}}', manager: '客户经理 {{number}}', unique: '唯一匹配', chosen: '人工识别', company: '企业客户',
    unidentified: '未识别', stranger: '新号码', newNumber: '没有客户用过这个号码', shared: '{{count}} 位客户用过这个号码',
    hiddenNumber: '未显示号码', noAddress: '无地址', onlyThis: '只有这个号码', maskedUntilChosen: '选定前不显示账务，地址已遮盖',
  },
  ...interactionsZh,
  script: knowledgeZh.script,
  offer: knowledgeZh.offer,
  ...deskZh,
  business: businessesZh.business,
  ...overviewZh,
  why: {
    title: '为何来电', direct: '直接来电', queue: '队列 {{queue}}', waited: '排队 {{time}}', notWaited: '未排队', pressed: '按 {{key}}',
    toYou: '分给您：{{why}}', idle: '空闲 {{time}}', considered: '{{count}} 人中选出', offer: '第 {{count}} 次分配',
  },
  decided: {
    longest_idle: '空闲最久', only_agent_free: '唯一空闲座席', first_agent_to_become_free: '最先空闲的座席',
    least_occupied: '占用率最低', round_robin: '轮流', most_skilled: '技能最高', least_skilled_sufficient: '技能够用', ring_all: '同时振铃', fixed_order: '固定顺序',
    only: '指定的座席', preferred: '优先的座席', last_agent: '上次接听的座席', owner: '负责此事', manager: '客户经理', consult: '同事咨询', outbound: '外呼',
  },
  collected: { topic: '主题', language: '语言', bss: '业务系统', payment: '缴费结果', pin: '服务密码' },
  node: {},
  overview: {
    products: '产品与业务', money: '账务', contacts: '最近联系', orders: '订单', balance: '余额', billOf: '{{month}}账单',
    paid: '{{day}} 已缴', due: '{{day}} 前缴', late: '{{day}} 已逾期', change: '较上月 {{amount}}', perMonth: '{{amount}}/月',
    noProducts: '没有在用业务', noAccounts: '没有账户', noContacts: '没有以往联系', noOrders: '没有订单', selfService: '自助',
    slow: '客户资料 3 秒未返回，通话不受影响', failed: '客户资料未能取回，通话不受影响',
  },
  accountKind: { prepaid: '预付费账户', postpaid: '后付费账户' },
  status: { active: '正常', suspended: '停机', closed: '已销户', done: '已完成', open: '处理中', cancelled: '已取消' },
  identify: {
    possible: '可能的客户', possibleHint: '{{count}} 位，按可能性排序', candidates: '可能的客户', chosen: '当前客户',
    noneOfThem: '都不是', somebodyElse: '换一位客户', find: '查找客户', findHint: '姓名、客户号或电话后四位以上',
    searchPlaceholder: '姓名、客户号、电话', search: '查找', nothing: '没有找到“{{text}}”', more: '结果较多，请再补充几个字', create: '新建客户',
    afterHint: '选定后弹出 360°视图，按键与通话并入该客户；选错可在此改选。', undoHint: '选错可在此改选，线索与记录随之改挂。',
  },
  create: {
    title: '新建客户', hint: '号码已填好，通话中边问边记', hintSeveral: '都不是已有客户时再新建', known: '已是客户，去查找',
    name: '姓名', phones: '电话', gender: '性别', address: '地址', submit: '保存客户',
    nameMissing: '请填写姓名', phoneMissing: '请填写至少一个电话', phoneShort: '号码不完整，固定电话请带区号',
  },
  draft: { saved: '{{time}} 已存为草稿；刷新不会丢' },
  wrapup: {
    next: '下一步', callback: '约回拨', business: '办业务', unsent: '{{count}} 项未提交：', proposed: '建议',
    extend: '延长 1 分钟', title: '话后小结', left: '余 {{time}}，到时自动结束', disposition: '小结', note: '备注（可不填）', submit: '完成话后', missing: '请选择一项小结', detail: '细分', noteNeeded: '备注（必填）',
  },
  disposition: {
    solved: '已解决', inquiry: '咨询', billing: '账务', fault: '故障', complaint: '投诉', business: '业务办理', followup: '需跟进', wrong_number: '打错', other: '其他',
  },
  trail: {
    ...trailToolsZh,
    title: '服务线索', now: '现在', empty: '没有选中的交互', note: '记一笔', notePlaceholder: '记一笔，回车即入线索', noteKept: '已存在本机',
    arrived: '来电 {{from}} → {{to}}', called: '去电 {{to}}，显示 {{from}}', dialling: '呼叫客户', calledBack: '{{kind}}回拨，第 {{attempt}} 次', booked: '已约回拨', recalled: '不再回拨', ownPhone: '自己的话机未接', notReached: '客户未接通：{{why}}', left: '客户留言 {{time}}', notLeft: '未留言', messageSent: '短信“{{template}}”{{state}}', messageNot: '短信“{{template}}”{{state}}：{{why}}',
    owed: { callback: '预约', voicemail: '留言', web: '网上预约' }, result: { busy: '占线', no_answer: '无人接听', refused: '拒接', unreachable: '无法接通', denied: '号码不允许拨打' }, answeredBy: '{{agent}} 接听', held: '保持', retrieved: '取回，保持 {{time}}', ended: '通话结束，话后', queued: '入队 {{queue}}', movedTo: '转入 {{queue}}', queueClosed: '队列已关闭，且没有其他队列',
    offered: '分给 {{agent}}', offeredWhy: '分给 {{agent}}：{{why}}', offerFailed: '{{agent}} 未接：{{why}}', chosen: '{{agent}} 选定客户',
    sounded: '结束时音质（MOS）：{{parties}}', customer: '客户 {{mos}}', agent: '坐席 {{mos}}',
    rejoined: '{{agent}} 重新接入语音', lost: '{{agent}} 的语音断开，客户听音乐等候', restarted: '系统重启，中断于{{state}}', notRecorded: '录音未能进行', recordingPaused: '{{agent}} 暂停录音', recordingResumed: '{{agent}} 恢复录音', flowFailed: '自助流程出错，转人工',
    consultedBy: '{{agent}} 咨询 {{whom}}', consultFailed: '咨询 {{whom}} 未成：{{why}}', transferred: '{{agent}} 转给 {{whom}}', transferFailed: '转给 {{whom}} 未成：{{why}}', conferred: '{{agent}} 与 {{whom}} 三方通话', consulting: '咨询中，客户听音乐', conference: '三方通话', message: '客户留言', backToTalk: '回到通话', goesOn: '{{agent}} 继续通话',
    waits: '没有座席空闲，等候', waitsOn: '等候', diverted: '因{{why}}{{where}}',
    where: { voicemail: '转语音留言', callback: '登记回拨', message: '播报后结束', number: '转外线号码', queue: '转其他队列' },
    kind: { system: '系统', recording: '录音', lookup: '查询', callback: '回拨', voicemail: '留言', message: '短信' },
    sms: { template: { code: '验证码', bill_details: '账单详情', tariff: '资费', outlet: '营业网点', order_received: '受理通知', fault_received: '报障通知' }, state: { queued: '待发送', sending: '发送中', sent: '已发出', delivered: '已送达', failed: '发送失败', unknown: '是否发出不明', refused: '未发送' }, why: { no_provider: '未接短信网关', too_many: '该号码一小时内条数已满', too_late: '已过时效', unreadable: '内容已不可读', erased: '客户信息已删除', undeliv: '无法送达', expired: '逾期未达', rejectd: '网关拒收', deleted: '网关已删' } },
    flow: {
      pressed: '{{step}}：按 {{key}} {{choice}}', repeat: '{{step}}：按 {{key}} 重听', no_match: '{{step}}：按 {{key}}，无此选项（第 {{attempt}} 次）',
      no_input: '{{step}}：未按键（第 {{attempt}} 次）', digits: '{{step}}：输入 {{digits}}', hidden: '{{step}}：输入 {{length}} 位，已遮盖',
      lookup: '{{step}}：已返回', lookupFailed: '{{step}}：未返回',
    },
  },
  refusal: {
    declined: '拒接', rona: '无人应答', busy: '忙', unreachable: '话机不可达', too_late: '已晚', agent_left: '座席离开', seat_lost: '话机断开', customer_left: '客户已离开',
  },
  ended: {
    customer_hung_up: '客户挂机', agent_hung_up: '座席挂机', served: '自助完成', abandoned: '已放弃', refused: '未能接入', message_left: '已留言', callback_booked: '已约回拨', turned_away: '未接待', transferred_out: '转到外线', not_reached: '未接通', system_restart: '系统重启中断', failed: '异常结束',
  },
  list: {
    ...shellZh.listShell,
    title: '交互记录', recorded: '有录音', loaded: '共 {{count}} 条', loadedMore: '已载入 {{count}} 条，下拉继续', loadingMore: '正在载入更早的记录', refresh: '刷新',
    nothingFound: '没有符合条件的记录', nothingYet: '还没有交互记录', clear: '清除条件',
    filter: { ani: '来电号码', aniHint: '来电号码，回车查找', channel: '渠道', allChannels: '全部渠道', today: '今天', week: '近 7 天', month: '近 30 天' },
    column: {
      time: '时间', number: '号码', customer: '客户', queue: '队列', agent: '座席', outcome: '状态', wait: '等待', talk: '通话', disposition: '小结',
    },
  },
  detail: {
    signalling: '查看信令', back: '返回列表', queue: '队列', agent: '座席', wait: '等待', talk: '通话', hold: '保持', consult: '咨询', disposition: '小结', dialled: '本方号码', note: '备注', recording: '录音', segments: '时间分段',
    noRecording: '没有录音', sealing: '录音正在封存，稍后出现在这里',
  },
  player: {
    play: '播放', pause: '暂停', position: '播放位置', speed: '播放速度', said: '客户', heard: '客户听到',
    notKept: '此处录音已暂停', notKeptFrom: '{{from}} 至 {{to}} 录音暂停，未保留声音',
  },
  keys: {
    ...shellZh.keysShell,
    all: '全部快捷键', tab: '换标签', note: '记一笔', region: '换区域', hangup: '挂机 / 拒接', hold: '保持 / 取回', mute: '静音 / 取消静音',
    roster: '换交互', submit: '提交', escape: '离开输入框', candidate: '选客户（焦点在列表时）',
  },
  link: {
    online: '已连接', connecting: '连接中', offline: '已断开', recovering: '正在恢复',
    lost: '网络中断，正在重连 {{time}}', lostInCall: '网络中断，通话仍在，正在重连 {{time}}', recoveringFor: '呼叫服务正在恢复 {{time}}，恢复后画面自动更新',
  },
  alert: { ringing: '{{who}} 来电' },
  problem: {
    ...colleaguesZh.problem,
    ...shellZh.problems,
    ...deskProblemsZh,
    ...businessesZh.businessProblems,
    ...softphoneZh.problems,
    ...knowledgeZh.problems,
    unknown_disposition: '这个小结已停用或不用于此队列，请另选一项', note_needed: '这个小结要写备注',
    unknown: '未能完成，请稍后再试', network: '连不上服务器，请检查网络', not_signed_in: '登录已失效，请重新登录', wrong_credentials: '用户名或密码不正确',
    forbidden: '您的角色没有这项权限', too_many_attempts: '尝试次数过多，请稍候再登录', no_number: '您没有工号，不能使用话机',
    not_found: '没有找到，或不在您的权限内', no_such_interaction: '没有这个交互，或不在您的权限内', interaction_not_live: '这个交互已经结束',
    not_your_interaction: '这个交互已不在您手上', wrong_call_state: '通话已变化，现在不能这样操作', illegal_step: '交互已变化，现在不能这样操作', conflict: '情况已变化，请看最新状态后再操作',
    unavailable: '服务暂时没有回应', unknown_customer: '没有这位客户', not_a_phone_number: '号码不完整，固定电话请带区号', nothing_to_search: '请填写要查找的内容',
    no_wrapup: '话后已结束', wrapup_too_long: '话后时间已到这个队列的上限',
    no_such_agent: '您不是座席', seat_not_registered: '话机未注册：启动话机，或换一种座席方式', seat_in_use: '通话结束后才能更换座席方式', state_not_yours: '这个状态由通话决定，不能手动选择',
    recording_erased: '录音已随个人信息抹除', recording_damaged: '录音文件缺失或被改动', recording_not_complete: '通话仍在录音', no_such_recording: '没有这段录音，或您无权收听', master_key_missing: '打开录音的主密钥不在', offer_gone: '来电已离开', audio_unreadable: '录音未能播放', bad_cursor: '列表已变化，请刷新', invalid: '有内容不符合要求', http_404: '没有找到', http_500: '服务器出错，请稍后再试', http_502: '服务正在重启，请稍候', http_503: '服务暂时没有回应',
  },
}

export type Texts = Shape<typeof zh>
