/** 外壳的文字：登录、导航、命令、通知、租户。 */
export const shellZh = {
  session: {
    expired: '登录已失效。重新登录后回到刚才的画面，未提交的内容都在。', somebodyElse: '换人登录（刚才的画面将关闭）',
    otp: '动态口令', otpNote: '{{username}} 已开启两步验证，请填写验证器中的 6 位数字，或一个恢复码。', otpMissing: '请填写动态口令', otherPerson: '返回',
    with: '用 {{name}} 登录', minutes: '{{count}} 分钟', lockedFor: '连续多次密码不正确，账号已锁定，{{time}}后可再试；也可请管理员解锁', tryIn: '尝试次数过多，{{time}}后可再试',
    newPasswordTitle: '设置您自己的密码', newPasswordWhy: '{{name}}，现在的密码由他人设置，改后才能开始工作',
    field: { old: '现在的密码', next: '新密码', again: '再填一次新密码' },
    oldMissing: '请填写现在的密码', oldWrong: '现在的密码不正确', tooShort: '至少 {{count}} 个字符', sameAsOld: '新密码与现在的相同', notTheSame: '两次填写的不一致',
    weak: { too_short: '至少 {{count}} 个字符', too_long: '过长', about_you: '与您的姓名或用户名太接近', too_common: '过于常见，容易被猜到', used_before: '最近用过，请换一个', reused: '最近用过，请换一个' }, passwordHint: '至少 {{count}} 个字符，不用常见词', changePassword: '更改密码', switchTenant: '切换租户', actingAt: '当前租户 {{name}}', switched: '已切换到 {{name}}',
    inTheNameOf: '以{{name}}的名义接待', notSwitched: '未能切换租户：{{why}}',
  },
  nav: {
    flows: '流程', prompts: '提示音', telephony: '线路', trunks: '中继', sipCalls: '信令', guards: '防护', callbacks: '回拨', team: '班组',
    calendars: '服务时间', dispositions: '小结', queues: '队列', people: '人员', system: '系统', profile: '我的', status: '运行状态', audit: '审计', tenants: '租户', roles: '角色', organisation: '机构', skills: '技能',
    queuesLong: '队列与号码', profileLong: '个人资料', section: '本组页面',
  },
  palette: {
    title: '命令', placeholder: '输入命令、页面或客户', hint: '可用拼音首字母，如 zx 到座席', nothing: '没有与“{{text}}”相符的命令', customers: '客户', searching: '正在查找客户',
    go: '转到 {{page}}', state: '状态：{{state}}', tenant: '租户：{{name}}', language: '语言：{{name}}', theme: '外观：{{name}}', group: { go: '页面', state: '状态', tenant: '租户', look: '设置', customer: '客户', do: '操作' },
    keys: '选择', run: '执行', close: '关闭', failed: '客户查找未返回',
  },
  notice: {
    title: '通知', empty: '没有通知', clear: '全部清除', unread: '{{count}} 条未读', open: '打开', linkBack: '连接已恢复，中断 {{time}}', coreBack: '呼叫服务已恢复，用时 {{time}}',
  },
  listShell: { loadingMoreAny: '正在载入更多', close: '关闭', copy: '复制', copied: '已复制', writtenDown: '已记下', onlyOnce: '只显示这一次，关闭后无法再看到', cancel: '取消' },
  keysShell: { palette: '命令' },
  problems: {
    session_needed: '请用账号登录后操作', no_password: '您用外部账号登录，没有本地密码', totp_already_on: '两步验证已经开启', totp_not_begun: '请重新开始设置', no_such_provider: '没有这种登录方式', no_such_person: '没有这个人，或不在您的权限内', outranked: '对方的权限高于您，不能改', known_elsewhere: '对方也在其他租户工作，这项只能由运营方更改', already_here: '已经是本租户的人员', no_such_queue: '没有这个队列', no_such_member: '这个人不能成为成员：在本租户没有角色', no_such_flow: '没有这个流程', no_such_access_number: '没有这个号码', site_order: '上级机构的级别要高于下级', unknown_reference: '所选内容已不存在，请刷新', unknown_permission: '权限已变化，请刷新', operators_own: '运营方自己不能停用', expires_in_the_past: '到期时间已过', still_fails: '仍未成功', not_parked: '已经处理', bad_request: '请求不完整，请重试', 
    otp_required: '请填写动态口令', otp_wrong: '动态口令不正确，或已经用过', locked: '连续多次密码不正确，账号已锁定，请稍后再试或请管理员解锁', weak_password: '密码过于常见或简单，请换一个', wrong_password: '密码不正确', password_change_required: '请先更改密码', no_grant_there: '您在该租户没有角色', too_many_requests: '请求过于频繁，请稍候',
    cannot_grant: '不能授予您自己没有的权限或范围', last_administrator: '这是最后一位管理员，不能停用或取消管理员角色', changed_meanwhile: '别人刚改过，请载入最新内容再改', in_use: '还在使用，不能删除', builtin: '内置角色不能改', username_taken: '用户名已被使用', email_taken: '这个邮箱已属于别人', number_taken: '工号已被使用', code_taken: '编码已被使用', invalid_request: '有内容不符合要求', internal: '服务器出错，请稍后再试',
    ticket_invalid: '登录已超时，请重新从登录页开始', oidc_failed: '外部登录未完成，请再试一次', oidc_unknown_person: '外部账号尚未与这里的人员对应，请联系管理员', method_not_allowed: '服务器不支持这项操作', body_too_large: '内容过大',
  },
}
