/** 中继、信令与防护页面的文字。 */
export const telephonyZh = {
  calls: {
    title: '信令', time: '时间', parties: '主叫 → 被叫', outcome: '结果', far: '对端', account: '租户', reason: '原因', talkTime: '通话', number: '号码', numberHint: '号码或其末几位，回车查找', anyOutcome: '全部结果', anyDirection: '呼入与呼出', anyTrunk: '全部中继', directionLabel: '方向',
    direction: { in: '呼入', out: '呼出' }, outcomes: { standing: '进行中', answered: '已接通', failed: '失败', cancelled: '已取消', '4xx': '4xx 被拒', '5xx': '5xx 故障', '6xx': '6xx 拒绝' },
    unknown: '无号码', empty: '还没有呼叫；每次呼叫的信令会出现在这里', nothing: '没有符合条件的呼叫', talking: '通话中', ringing: '振铃', trying: '接续中', answered: '已接通', cancelled: '已取消',
    local: '悦来', browser: '浏览器', started: '开始', rang: '振铃', cameFrom: '来自', wentTo: '去往', device: '设备', pcap: '下载 pcap', downloaded: 'pcap 已下载', interaction: '查看交互', ofInteraction: '仅看这次交互的信令', message: '消息全文', choose: '点选梯形图中的箭头，这里显示消息全文；查看会记入审计', gone: '这条消息已超过保存时间', cut: '消息过多，只显示前一部分；请下载 pcap', damaged: '有 {{count}} 段跟踪文件无法读取', notDrawn: '梯形图无法显示，请下载 pcap',
    ofOne: '信令',
  },
  status: {
    '400': '请求有误', '401': '要求认证', '403': '被禁止', '404': '没有此号码', '407': '要求认证', '408': '无应答', '410': '号码已停用', '415': '媒体不支持', '422': '会话间隔太短', '480': '暂时无法接通', '481': '会话已不存在', '482': '检测到回环', '483': '转接次数过多', '484': '号码不完整', '486': '忙', '488': '媒体不相容', '491': '请求冲突', '500': '对端内部错误', '501': '不支持', '502': '网关错误', '503': '服务不可用', '504': '对端超时', '600': '全忙', '603': '拒接', '604': '没有此号码', '606': '不可接受',
  },
  statusClass: { '0': '没有应答', '1': '接续中', '2': '已接通', '3': '改向', '4': '被拒绝', '5': '对端故障', '6': '被拒绝' },
  trunks: {
    title: '中继', trunk: '中继', add: '新增中继', empty: '还没有中继；新增一条，外线才能打入打出', old: '实时数据暂停更新', tab: { trunks: '中继', routes: '出局路由' }, state: '状态', place: '地址', registersHere: '向我们注册', fromAnywhere: '–', channels: '占用通道', callsToday: '今日呼叫', asr: '接通率', troubleTitle: '问题', inOut: '呼入 / 呼出', today: '今日接通 / 呼叫', cps: '每秒新呼', since: '自 {{at}}', registeredUntil: '注册有效至 {{at}}', active: '启用', calls: '查看呼叫', said: '中继的原话',
    life: { up: '正常', unknown: '未检测', registering: '注册中', down: '不通', refused: '注册被拒', inactive: '停用' },
    trouble: {
      unreachable: '没有到对端的路', refused: '对端没有监听，拒绝连接', timeout: '对端没有应答', not_resolved: '主机名解析不到', tls: 'TLS 协商失败', client_certificate: '对端要求我们出示证书', certificate_expired: '证书已过期', certificate_not_yet_valid: '证书尚未生效', certificate_wrong_name: '证书上的名称不符', certificate_invalid: '证书不可信', certificate_unknown_authority: '证书的颁发者不可信',
      wrong_password: '用户名或密码不对', registration_refused: '对端拒绝注册', busy: '对端声明不接呼叫', no_answer: '呼叫没有应答', failing: '呼叫连续失败', full: '通道已满，新呼叫改走其他中继', keys_missing: '密码无法解开', closed: '连接被对端断开',
    },
    repair: {
      unreachable: '请核对地址与端口，并确认防火墙放行。', refused: '请核对端口与传输方式，并确认对方设备已启动。', timeout: '请核对地址，并请对方确认已放行我们的地址。', not_resolved: '请核对主机名，或直接填写地址。', tls: '请核对传输方式与端口，对方可能不支持 TLS。', client_certificate: '请配置证书与私钥，并请对方信任其颁发者。', closed: '请核对端口与传输方式；对方可能要求证书。', busy: '对方正忙或在维护；期间自动改走其他中继。', certificate: '请对方更换证书，或核对“证书名称”。', wrong_password: '请重新填写用户名与密码。', registration_refused: '请向运营商确认账号状态。', no_answer: '请对方检查其设备；期间自动改走其他中继。', failing: '请对方检查其设备；期间自动改走其他中继。', full: '可提高通道上限，或向运营商扩容。', keys_missing: '主密钥已更换，请重新填写密码。',
    },
    section: { connection: '连接', authentication: '认证', limits: '上限与选路', numbers: '号码改写', callerId: '主叫号码', codecs: '语音' },
    field: {
      code: '编码', name: '名称', name_en: '英文名称', kind: '类型', direction: '方向', host: '主机', port: '端口', transport: '传输', outbound_proxy: '出局代理', sources: '来源地址', certificate_name: '证书名称', options_seconds: '探测间隔', register: '注册', username: '用户名', secret: '密码', domain: '认证域', expires: '注册有效期', peer_username: '对端用户名', peer_secret: '对端密码',
      max_channels_total: '总通道', max_channels_in: '呼入通道', max_channels_out: '呼出通道', max_cps: '每秒新呼', priority: '优先级', weight: '权重', rates: '费率', country: '国家', number_in: '呼入', number_out: '呼出', default: '默认主叫', allowed: '可用主叫', trusted: '隐藏号码', codecs: '编码', srtp: 'SRTP 加密',
    },
    kind: { carrier: '运营商', pbx: '办公交换机', gateway: '网关' }, direction: { both: '双向', in: '呼入', out: '呼出' }, transport: { auto: '自动', udp: 'UDP', tcp: 'TCP', tls: 'TLS' }, srtp: { off: '不用', accept: '对端提供则用', require: '必须' },
    hostHint: '域名按 NAPTR、SRV、A 依次解析；填端口则只用该端口', portAny: '端口', proxyHint: '经它发出，如 sbc.example.com:5060；不填直接发往主机', sourcesHint: '从这些地址来的呼叫不需密码，如 203.0.113.0/28；回车分隔', certificateHint: '对方证书上应有的名称；不填同主机', optionsHint: '每隔多久问一次是否正常；0 不问', seconds: '秒',
    registerHint: '我们向对端注册', domainHint: '不填同主机', peerHint: '对端向我们注册或认证时的用户名', secretKept: '已保存，不显示；填写新的即更换', secretGoes: '保存后去除', secretRemove: '去除', secretKeep: '保留', unlimited: '不限', priorityHint: '数字小的先用', weightHint: '同一优先级按权重分摊', ratesHint: '同等条件下先走便宜的；无费率视为最贵', ratePrefix: '前缀，如 852', perMinute: '/分钟', addRate: '加一条', moreRates: '另有 {{count}} 条，经接口维护',
    countryHint: '两个字母，如 CN；不带国家码的号码按它理解', called: '被叫', caller: '主叫', format: '格式', formats: { as_is: '保持原样', e164: 'E.164（+86571…）', national: '国内格式（0571…）', international00: '国际格式（0086571…）' }, addRule: '加规则', ruleBegins: '以', ruleAny: '任意', ruleStrip: '开头，去', ruleAdd: '位，加',
    defaultHint: '通话没有号码、或号码不可用时显示', allowedHint: '只显示以这些数字开头的号码；不填为任意', trustedHint: '对端可信：隐藏的号码也告知对端', codecsHint: '按此顺序提供；不填随呼叫', srtpHint: '密钥随信令传送，请同时使用 TLS',
    test: '拨测', testOf: '拨测：{{name}}', number: '号码', testHint: '会真实拨出，接通后放一小段静音即挂断', testStart: '拨打', testAgain: '再拨一次', testing: '正在呼叫', testTrace: '查看信令',
    step: { sent: '已发往 {{route}}', rang: '对方振铃', noRing: '没有振铃', answered: '对方接听，线路正常', refused: '未接通：{{status}} {{reason}}', said: '原因：{{reason}}' },
    removeHint: '进行中的通话不受影响；路由中不再有它',
  },
  routes: {
    add: '新增路由', of: '路由 {{prefix}}', hint: '前缀最长的路由生效；其中先看能否接通，再看费率、优先级、权重', prefix: '号码前缀', every: '所有号码', prefixHint: 'E.164 前缀，如 86 为全国、852 为香港；不填为所有号码', trunks: '中继', allTrunks: '全部可呼出的中继', hours: '时段', always: '全天', daily: '每天', empty: '还没有路由，外呼不通；新增一条前缀为空的路由即可全部放行', day: { '1': '周一', '2': '周二', '3': '周三', '4': '周四', '5': '周五', '6': '周六', '7': '周日' }, opens: '开始', closes: '结束',
    allHint: '不选则用全部可呼出的中继，按各自的优先级与权重', orderHint: '拖动或用箭头调整先后；同一优先级按权重分摊', priority: '优先', weight: '权重', up: '上移', addTrunk: '添加中继', active: '启用', removeHint: '之后这些号码按更短的前缀选路',
  },
  explain: {
    title: '这个号码走哪条路', example: '如 0085223456789', ask: '查看', number: '号码', route: '路由', noRoute: '没有适用的路由', sends: '发出 {{number}}', price: '¥ {{price}}/分钟',
    error: { no_route: '没有适用的路由，拨不出去', no_trunk: '路由中没有可呼出的中继', all_down: '可用的中继都不通', trunks_full: '可用的中继都已占满' },
    why: { registering: '注册中', unknown: '未检测', prefix: '前缀最长', cheapest: '最便宜', dearer: '较贵', no_rate: '无费率', priority: '优先级 {{priority}}', weight: '权重 {{weight}}', down: '不通', sick: '不通，最后才试', refused: '注册被拒', unregistered: '未注册', full: '已占满', inactive: '停用', inbound_only: '只呼入', fit: '可用' },
  },
  guards: {
    lasts: '最长 {{time}}', usedToday: '今日已用：', used: '{{who}} {{count}} 次 {{minutes}} 分钟 ¥ {{money}}',
    title: '防护', tab: { bans: '封禁', access: '访问规则', toll: '话费防盗' }, address: '地址', reason: '原因', note: '说明', since: '开始', left: '剩余', hits: '已丢弃', release: '解封', released: '已解封 {{address}}', ban: '封禁地址', minutes: '时长', minute: '分钟', noBans: '没有被封禁的地址',
    reasons: { scanner: '扫描工具', probing: '探测号码', guessing: '猜测密码', malformed: '畸形报文', flooding: '洪水攻击', manual: '人工封禁' },
    network: '地址或网段', networkHint: '如 203.0.113.7 或 203.0.113.0/24、2001:db8::/32', action: '处理', state: '状态', actions: { allow: '放行', deny: '拒绝' }, actionHint: { allow: '放行的地址也不会被自动封禁', deny: '来自这里的报文一律不应答' }, addAccess: '新增规则', accessHint: '最窄的网段生效；没有规则的地址可以访问，行为异常时自动封禁', noAccess: '没有规则，任何地址都可以访问', removeHint: '立即生效',
    addToll: '新增规则', tollHint: '放行与拒绝按次序取第一条符合的；限额须全部满足。没有规则时，国内普通号码可以拨打，国际、声讯、卫星号码不可以', noToll: '没有规则：国内普通号码可以拨打，其余不可以', position: '次序', positionHint: '小的先看', about: '适用的呼叫', toll: { allow: '放行', deny: '拒绝', limit: '限额' }, tollActionHint: { allow: '符合的呼叫可以拨出', deny: '符合的呼叫不能拨出', limit: '符合的呼叫计入限额，满了即不能拨出' }, allNumbers: '所有号码', by: '{{who}} 拨打',
    field: { classes: '号码种类', countries: '国家', prefixes: '号码前缀', seats: '座席工号', trunks: '来自中继', when: '时段', limits: '限额' }, emptyIsAll: '不选为全部', countriesHint: '两个字母，如 HK、US', prefixesHint: 'E.164，不带 +，如 86168', whenHint: '不填为全天；可跨午夜',
    class: { emergency: '紧急号码', service: '服务短号', toll_free: '免费电话', fixed: '固定电话', mobile: '移动电话', shared_cost: '主被叫分摊', premium: '声讯', satellite: '卫星电话', international: '国际及港澳台', unknown: '无法识别' },
    counted: { seat: '每个座席', trunk: '每条中继', all: '合计' }, unit: { max_concurrent: '路同时', max_per_minute: '次/分钟', max_minutes_day: '分钟/天', max_spend_day_micro: '元/天' }, limitText: { max_concurrent: '同时 {{value}} 路', max_per_minute: '每分钟 {{value}} 次', max_minutes_day: '每天 {{value}} 分钟', max_spend_day_micro: '每天 ¥ {{value}}' },
    check: '这个座席能拨这个号码吗', seat: '工号', passes: '可以拨出', stopped: '会被拦下', kind: '号码种类', rule: '依据', noRule: '没有规则涉及，按默认处理', denial: { toll_destination: '不允许拨打这类号码', toll_concurrent: '同时通话已达限额', toll_rate: '每分钟次数已达限额', toll_minutes: '今日时长已用完', toll_spend: '今日话费已用完' },
  },
  wrong: {
    host: '请填写主机名或地址', hostToCall: '要呼出，请填写主机，或填写对端用户名由对端注册', hostToRegister: '要注册，请填写主机', network: '请填写地址或网段，如 203.0.113.0/28，掩码不小于 8', username: '请填写用户名', secret: '请填写密码', options: '0，或 5 秒以上', number: '请填写 2 到 20 位数字，可带 +', country: '两个大写字母，如 CN', rule: '规则只用数字、*、#，最多 20 位', rates: '同一前缀有两个费率', prefix: '前缀只用数字', hours: '请选择日期，时间如 09:00', address: '请填写 IP 地址', minutes: '1 到 525600 分钟', name: '请填写名称', limit: '至少填写一个上限',
  },
  problem: {
    no_such_ban: '这个地址已经解封', no_such_rule: '这条规则已被删除', network_taken: '这个网段已有规则', bad_toll_rule: '规则不完整，请核对', bad_trunk: '这样设置不能工作，请核对', bad_route: '所选中继已不存在，请刷新', peer_username_taken: '另一条中继已使用这个对端用户名', no_such_trunk: '这条中继已被删除', no_such_call: '这次呼叫已超过保存时间', trace_key_missing: '主密钥不在，跟踪无法解开', keys_missing: '密钥无法读取，密码不能保存', test_call_under_way: '这条中继正在拨测', no_trunk: '没有可用的中继', trunks_full: '中继已占满', no_such_call_route: '这条路由已被删除',
  },
  action: { sip_ban_added: '封禁地址', sip_ban_removed: '解封地址', sip_access_rule_added: '新增访问规则', sip_access_rule_changed: '修改访问规则', sip_access_rule_removed: '删除访问规则', toll_rule_added: '新增话费规则', toll_rule_changed: '修改话费规则', toll_rule_removed: '删除话费规则', sip_call_read: '查看通话信令', trunk_added: '新增中继', trunk_changed: '修改中继', trunk_removed: '删除中继', trunk_test_call: '拨测中继', call_route_added: '新增出局路由', call_route_changed: '修改出局路由', call_route_removed: '删除出局路由' },
  objectKind: { 'sip-ban': '封禁', sip_access_rule: '访问规则', toll_rule: '话费规则', sip_call: '呼叫', trunk: '中继', 'call-route': '出局路由' },
}
