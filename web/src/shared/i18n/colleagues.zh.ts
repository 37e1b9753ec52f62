/** 同事、公告、交接班的文字。 */
export const colleaguesZh = {
  colleagues: {
    title: '同事', tab: { chats: '消息', people: '通讯录', handover: '交接' }, ask: '求助', noContact: '选中一个交互后可求助', noChats: '还没有消息', me: '我', erased: '内容已清除', more: '更多', older: '更早的消息', back: '返回',
    unread: '{{count}} 条未读', write: '写消息，回车发送', kept: '已断网，暂存于此', search: '姓名、拼音或工号', nobody: '没有符合的同事', narrow: '仅显示前 100 位，请缩小范围', leader: '班长',
    attached: '附上线索 {{no}}，对方可查看此交互', question: '想请教什么', questionMissing: '请写下问题', bySkill: '按技能或班长', whom: '求助对象', whomMissing: '请选择求助对象，最多五位', send: '发出求助',
  },
  handover: {
    none: '今天没有交接事项', noGroup: '您不在任何班组', take: '由我接手', takenBy: '{{who}} 已接手', undo: '撤销', write: '留给下一班', group: '班组', about: '附上 {{no}}', save: '留下',
  },
  bulletin: {
    title: '公告', confirm: '我已知悉', gotIt: '知道了', open: '打开', more: '还有 {{count}} 条', from: '生效', until: '截止', subject: '标题', author: '发布人', state: '状态', receipts: '回执', important: '重要', withdrawn: '已撤回', over: '已过期', later: '未生效', toConfirm: '待确认', unread: '未读', confirmed: '已确认', read: '已读',
    tab: { current: '当前', past: '已结束', all: '全部' }, write: '写公告', empty: '没有公告', reallyWithdraw: '撤回这条公告', withdrawHint: '撤回后不再显示，回执保留', withdraw: '撤回', for: { all: '全员', groups: '班组', queues: '队列成员' },
    count: '{{read}} / {{meant}} 已读', countConfirmed: '{{confirmed}} / {{meant}} 已确认，{{read}} 已读', onlyMissing: '只看未读或未确认', confirmedAt: '{{at}} 确认', readAt: '{{at}} 已读', notYet: '未读', allRead: '都已读过',
    published: '公告已发布', publish: '发布', subjectMissing: '请填写标题', text: '内容', to: '发给', targetMissing: '请至少选择一个', atOnce: '立即', open_end: '长期有效', isImportant: '重要，优先显示', mustConfirm: '须逐人确认',
  },
  problem: {
    no_such_bulletin: '没有这条公告，或不发给您', no_such_target: '请选择存在的班组或队列', beyond_reach: '您只能发给自己的班组，请选择班组', bulletin_span: '截止须晚于生效和现在', already_withdrawn: '已经撤回', no_such_chat: '没有这个会话，或您不在其中', no_such_colleague: '本单位没有这位同事', not_with_yourself: '请选择其他同事', no_such_handover: '没有这条交接', not_your_group: '您不在这个班组', taken_already: '已有同事接手',
  },
  admin: {
    permission: { colleagues_talk: '与同事交流，看公告与交接', bulletins_write: '发布公告，看回执' },
    permissionGroup: { colleagues: '同事', bulletins: '公告' },
    action: { bulletin_published: '发布公告', bulletin_withdrawn: '撤回公告', expert_asked: '求助专家' },
    objectKind: { bulletin: '公告' },
  },
  rail: { colleagues: '同事' },
  nav: { bulletins: '公告' },
}
