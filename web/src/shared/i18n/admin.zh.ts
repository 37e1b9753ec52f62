/** 管理页面的文字。 */
export const adminZh = {
  common: {
    save: '保存', cancel: '取消', close: '关闭', edit: '编辑', remove: '删除', add: '新增', copy: '复制', copied: '已复制', search: '搜索', more: '更多', none: '无', yes: '是', no: '否',
    unsaved: '有未保存的修改', discard: '放弃修改', saved: '已保存', loadLatest: '载入最新内容', count: '共 {{count}} 条', countMore: '已载入 {{count}} 条，下拉继续', loadingMore: '正在载入更多',
    nothingFound: '没有符合条件的内容', clear: '清除条件', refresh: '刷新', required: '必填', optional: '可不填', never: '从未', readOnly: '只读', name: '名称', nameEn: '英文名称', code: '编码', missing: '请填写{{what}}',
    codeHint: '小写字母、数字、- 和 _', nameMissing: '请填写名称', codeWrong: '编码用小写字母、数字、- 和 _，以字母开头', notSaved: '未保存：{{why}}', slow: '服务器 3 秒未返回', reallyRemove: '删除“{{name}}”', removeHint: '删除后不能恢复', removed: '已删除“{{name}}”', people: '{{count}} 人',
    and: '、', moved: '情况已变化：别人刚改过这条内容。您的修改仍在，载入最新内容后请再核对一遍。',
  },
  language: { zh: '中文', en: 'English' },
  people: {
    title: '人员', add: '新建人员', invite: '邀请其他租户的人员', search: '姓名、工号、用户名', allRoles: '全部角色', allSites: '全部机构', allGroups: '全部班组', allSkills: '全部技能',
    active: '在用', inactive: '停用', all: '全部', locked: '已锁定', empty: '还没有人员', nothing: '没有符合条件的人员', name: '姓名', number: '工号', username: '用户名', email: '邮箱', site: '机构', groups: '班组', roles: '角色', skills: '技能', state: '状态', lastSeen: '最近登录',
    noSite: '未分配机构', basics: '基本资料', rights: '角色与数据范围', queues: '队列', queuesHint: '在“队列与号码”中同样可改', noQueues: '不在任何队列', level: '{{count}} 级', levelOf: '{{name}}的级别', addSkill: '添加技能', addQueue: '加入队列', addGrant: '添加角色', noGrants: '没有角色，登录后没有任何权限', noSkills: '没有技能',
    elsewhere: '在另外 {{count}} 个租户也有角色', created: '已建立“{{name}}”', inviteVerb: '邀请', invited: '已邀请“{{username}}”', invitedHint: '对方已有账号，用原来的密码登录，再切换到本租户', inviteUsername: '对方的用户名',
    usernameHint: '登录用，全系统唯一，建立后不能改', usernameWrong: '用小写字母、数字和 . _ -，2 到 100 个字符', numberHint: '有工号才能接电话', numberWrong: '数字，2 到 15 位', grantMissing: '至少要有一个角色', emailWrong: '邮箱格式不正确', nameMissing: '请填写姓名', usernameMissing: '请填写用户名',
    account: '账号', password: '重设密码', passwordHint: '得到一个新的初始密码，对方登录后必须更改，已登录的会话立即失效', phone: '重设话机密码', phoneHint: '桌面话机要用新密码重新注册', unlock: '解锁', unlockHint: '连续输错密码而被锁定，解锁后可立即再试', sessions: '撤销登录', sessionsHint: '对方在所有设备上退出登录',
    totp: '关闭两步验证', totpHint: '对方丢失验证器时使用，之后可自行重新开启', deactivate: '停用', deactivateHint: '立即退出登录，不再分配来电；记录都保留', activate: '启用', activateHint: '可以重新登录', unlocked: '已解锁“{{name}}”', revoked: '“{{name}}”已在所有设备退出登录', totpOff: '“{{name}}”的两步验证已关闭', deactivated: '已停用“{{name}}”', activated: '已启用“{{name}}”',
    failed: '未能完成：{{why}}', self: '这是您自己的账号', undo: '撤销',
  },
  secret: {
    title: '请现在记下', once: '只显示这一次，关闭后无法再看到', initial: '初始密码', phoneUser: '话机账号', phone: '话机密码', token: '令牌', recovery: '恢复码', done: '已记下', username: '用户名',
  },
  scope: {
    label: '数据范围', own: '本人', group: '班组', site: '机构及下级', tenant: '全租户', ownGroups: '本人所在班组', ownSite: '本人所在机构', of: '{{kind}}：{{names}}', pickGroups: '不选为本人所在班组', pickSites: '不选为本人所在机构',
  },
  roles: {
    title: '角色', add: '新建角色', hint: '内置角色只读；自建角色勾选即改，保存后对在线人员立即生效', builtin: '内置', permission: '权限', copyFrom: '以此为起点', blank: '空白', edit: '更改名称', inUse: '{{count}} 人', saveOf: '保存“{{name}}”', changed: '{{count}} 处修改', created: '已建立角色“{{name}}”', removeHint: '有人持有的角色不能删除', empty: '没有权限清单',
    grants: '有', lacks: '无',
  },
  organisation: {
    title: '机构与班组', sites: '机构', groups: '班组', addSite: '新增机构', addTop: '新增省级机构', addBelow: '在下级新增', moveTo: '上级机构', top: '无上级', kind: '级别', province: '省', city: '市', county: '县', addGroup: '新增班组', site: '所在机构', anySite: '不限机构', noSites: '还没有机构，人员都属于租户本身', noGroups: '还没有班组', ofSite: '{{name}}的班组', allGroups: '全部班组', expand: '展开', collapse: '收起', people: '人数',
  },
  skills: { title: '技能', add: '新增技能', empty: '还没有技能，来电按队列成员分配', people: '人数', peopleWith: '掌握的人' },
  tenants: {
    title: '租户', add: '新增租户', code: '编码', operator: '运营方', active: '在用', inactive: '停用', people: '人数', created: '建立时间', state: '状态', hint: '每个租户的客户、记录、队列彼此隔离；座席可同时服务多个租户', deactivate: '停用', activate: '启用', createdOne: '已建立租户“{{name}}”', empty: '没有租户',
    off: '停用“{{name}}”', offHint: '该租户的人员不能再进入，来电不再接入；数据保留，可再启用',
  },
  queues: {
    title: '队列与号码', queues: '队列', numbers: '接入号码', longest: '最久', numberOff: '新来电不再接入；进行中的通话不受影响', add: '新增队列', members: '成员', waiting: '排队', ready: '空闲', talking: '通话', empty: '还没有队列', noMembers: '没有成员，来电会一直排队', addMember: '添加成员', level: '级别', levelHint: '级别高的优先', agent: '座席', noNumbers: '还没有接入号码', number: '号码', flow: '流程', addNumber: '新增号码', numberWrong: '2 到 20 位数字', flowMissing: '请选择流程', strategy: '分配方式', strategies: { longest_idle: '空闲最久', best_skill: '级别最高' },
    priority: '优先级', priorityHint: '每一分相当于多等一分钟，大的先接', ring: '振铃时限', wrapup: '话后时限', seconds: '秒', settings: '设置', badSeconds: '请填写 5 到 600 的整数', badPriority: '请填写 -100 到 100 的整数', choose: '选择一个队列，查看和调整成员', removed: '“{{name}}”已移出“{{queue}}”', saved: '即时生效，无需重启',
  },
  audit: {
    title: '审计', person: '人员', anybody: '全部人员', action: '操作', anyAction: '全部操作', object: '对象', objectHint: '对象编号，回车查找', time: '时间', source: '来源地址', request: '请求编号', data: '内容', empty: '还没有审计记录', nothing: '没有符合条件的记录', byToken: '令牌 {{name}}', system: '系统', fields: '涉及字段', detail: '审计详情', code: '代码', back: '返回列表', nobody: '未登录', copyRequest: '复制请求编号',
  },
  status: {
    journalOf: '{{owner}}日志已处理', followerBehind: '{{name}}待处理', machine: '程序与机器', software: '程序版本', uptime: '已运行', days: '{{count}} 天 {{time}}', partName: '部件', state: '状态', detail: '说明', lastEnd: '上次结束：{{why}}', rows: '行数', took: '用时', follower: {} as Record<string, string>, jobName: {} as Record<string, string>,
    title: '运行状态', fresh: '{{time}} 更新', parts: '部件', database: '数据库', journal: '日志与投递', jobs: '后台任务', backups: '备份', running: '运行正常', notRunning: '需要处理', version: '版本', since: '启动于', restarts: '重启', restartsCount: '{{count}} 次', size: '大小', connections: '连接', migration: '结构版本', sequence: '序号', lag: '落后', bytes: '占用', outboxWaiting: '待投递', oldest: '最久等待', queued: '排队', runningJobs: '执行中', failed: '失败', noFailed: '没有失败的任务', noBackups: '还没有备份', backup: '立即备份', backupStarted: '备份已开始', verified: '已验证', notVerified: '未验证', file: '文件', at: '时间', diskFree: '磁盘剩余', parked: '搁置的投递', retry: '重新投递', retried: '已重新投递',
    ok: '正常', down: '异常', attention: '需要处理', noParked: '没有搁置的投递', owner: '接收方', reason: '原因', stale: '数据已旧', part: { core: '呼叫核心', media: '媒体', web: '网页服务', worker: '后台任务', postgres: '数据库', database: '数据库', journal: '日志', telephony: '电话', sip: '电话信令', projector: '日志投影', outbox: '投递', supervisor: '进程看护', disk: '磁盘', registrar: '话机注册', trunk: '中继' },
    tries: '尝试 {{count}} 次',
  },
  profile: {
    on: '已开启', off: '未开启', revokeOf: '撤销 {{device}} 的登录',
    title: '个人资料', basics: '基本资料', name: '姓名', email: '邮箱', language: '语言', username: '用户名', number: '工号', tenant: '租户', roles: '角色', scope: '数据范围', password: '密码', passwordChanged: '密码已更改，其他设备已退出登录', totp: '两步验证', totpOff: '未开启。开启后登录时还要填写验证器中的 6 位数字。', totpOn: '已开启。登录时还要填写验证器中的 6 位数字。', totpStart: '开启', totpScan: '用验证器扫描此码，再填写显示的 6 位数字', totpManual: '不能扫描时，手工输入密钥', totpCode: '6 位数字', totpConfirm: '确认开启', totpStop: '关闭', totpStopPassword: '填写密码以关闭', totpDone: '两步验证已开启', totpStopped: '两步验证已关闭', codeWrong: '请填写 6 位数字', recoveryHint: '丢失验证器时，每个恢复码可用一次。请存放在安全的地方。',
    sessions: '登录的设备', sessionsHint: '不认识的设备请立即撤销，并更改密码', current: '当前', revoke: '撤销', revoked: '已撤销', source: '地址', device: '设备', signedIn: '登录', lastSeen: '最近使用', otherDevice: '未知设备', noSessions: '没有其他登录',
    tokens: '接口令牌', tokensHint: '供其他系统调用接口；只有所选的权限，按其名义记入审计', addToken: '新建令牌', tokenName: '用途', tokenPermissions: '权限', expires: '到期', never: '不过期', noTokens: '没有令牌', lastUsed: '最近使用', neverUsed: '从未使用', createdBy: '建立人', permissionsMissing: '请选择至少一项权限', expired: '已过期', days: '{{count}} 天', year: '1 年', revokeToken: '作废', revokeTokenHint: '使用它的系统将立即不能调用接口',
  },
  permissionGroup: { agent: '座席', interactions: '交互记录', recordings: '录音', customers: '客户', queues: '队列', supervision: '监控', people: '人员', roles: '角色', organisation: '机构', tenants: '租户', tokens: '令牌', audit: '审计', system: '系统', admin: '管理', other: '其他' },
  permission: {
    agent_work: '接听与处理', interactions_read: '查看自己的记录', interactions_read_all: '查看范围内全部记录', recordings_listen: '听自己的录音', recordings_listen_all: '听范围内全部录音', customers_read: '查看客户', customers_write: '新建与修改客户', customers_reveal: '查看遮盖内容', customers_merge: '合并与拆分', customers_import: '导入', customers_export: '导出', customers_erase: '抹除个人信息', customers_configure: '类别、标签与字段设置',
    queues_read: '查看队列', queues_write: '设置队列与号码', supervision_view: '查看实时状态', people_read: '查看人员', people_write: '管理人员', roles_write: '管理角色', organisation_write: '管理机构、班组与技能', tenants_read: '查看租户', tenants_write: '管理租户', tokens_write: '管理接口令牌', audit_read: '查看审计', system_read: '查看运行状态', system_write: '系统操作', admin: '系统管理',
  },
  action: {} as Record<string, string>,
  objectKind: {} as Record<string, string>,
  dataKey: {} as Record<string, string>,
}
