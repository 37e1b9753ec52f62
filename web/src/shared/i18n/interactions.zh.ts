/** 记录页：为何等待、为何分给这位座席，各一句话。 */
export const interactionsZh = {
  reasons: {
    title: '为何等待，为何是这位座席', waitedTitle: '为何等待', chosenTitle: '为何是这位座席', pathTitle: '自助路径',
    and: '；', or: '、', stop: '。',
    atOnce: '有座席空闲，未等待。', ringing: '只等了振铃的 {{time}}。',
    unserved: '等待 {{time}}，没有分到座席。', waited: '等待 {{time}}：{{why}}。', gaveUp: '等待 {{time}} 后挂机：{{why}}。',
    nobodyThere: '{{queue}}没有座席签入', nobodyFree: '{{queue}}在岗的 {{count}} 位座席都没有空（{{states}}）',
    keptBack: '{{queue}}虽有 {{count}} 位空闲，先留给指定的座席', noneFits: '{{queue}}有 {{count}} 位空闲，但都不合技能或职场要求',
    ahead: '前面还有 {{count}} 位客户', refused: '其间 {{who}}',
    state: { ringing: '{{count}} 位振铃', talking: '{{count}} 位通话', hold: '{{count}} 位保持', consult: '{{count}} 位咨询', wrapup: '{{count}} 位话后', busy: '{{count}} 位示忙', away: '{{count}} 位话机不可达' },
    whom: { only: '指定的座席', preferred: '优先的座席', last_agent: '上次接听的座席', owner: '负责此事的座席', manager: '客户经理' },
    when: { wait: '等待过久', length: '排队过长', estimate: '预计等待过久', nobody: '无人签入', closed: '已下班' },
    step: {
      pressed: '{{step}} 按 {{key}} {{choice}}',
      preferred: '先留给{{whom}} {{time}}', skills: '{{after}} 后放宽技能要求', queue: '{{after}} 后{{queues}}的座席也来帮忙',
      site: '{{after}} 后其他职场的座席也来帮忙', outbound: '{{after}} 后外呼与来电同等排队', overflow: '因{{when}}转入{{queue}}',
      voicemail: '{{after}} 后转留言', callback: '{{after}} 后改为回拨', message: '{{after}} 后播报后结束', number: '{{after}} 后转外线',
    },
    chosen: {
      only_agent_free: '当时只有 {{agent}} 空闲', longest_idle: '{{count}} 位空闲座席中 {{agent}} 空闲最久（{{idle}}）',
      least_occupied: '{{count}} 位空闲座席中 {{agent}} 占用率最低（{{figure}}）', round_robin: '{{count}} 位空闲座席轮流，轮到 {{agent}}（隔了 {{figure}} 次）',
      most_skilled: '{{count}} 位空闲座席中 {{agent}} 技能最高（{{figure}} 级）', least_skilled_sufficient: '{{count}} 位空闲座席中 {{agent}} 技能够用（{{figure}} 级），把更高技能留给别的客户',
      fixed_order: '{{count}} 位空闲座席按固定顺序，{{agent}} 最先（第 {{figure}} 位）', everybody: '{{count}} 位空闲座席同时振铃，{{agent}} 先接起',
      first_agent_to_become_free: '客户等待中，{{agent}} 最先空出来',
      only: '转接时指定了 {{agent}}', preferred: '{{agent}} 是优先的座席', last_agent: '{{agent}} 是上次接听这位客户的座席', owner: '{{agent}} 负责这位客户的事', manager: '{{agent}} 是这位客户的客户经理',
      consult: '同事指名咨询 {{agent}}', outbound: '{{agent}} 外呼', own: '由 {{agent}} 自己呼出。', other: '分给 {{agent}}：{{why}}',
      before: '先于其余 {{count}} 位等待者', headStart: '{{class}}按提前 {{time}} 排队', priority: '队列优先，按提前 {{time}} 排队', handed: '随后由 {{by}} 转给 {{agent}}', helps: '由{{queue}}的座席增援',
    },
  },
  parties: {
    title: '参与者', wrapups: '各自的话后', links: '关联', until: '至 {{time}}', stillIn: '仍在', open: '进行中', note: '备注',
    role: { customer: '客户', agent: '座席', consulted: '被咨询', third: '外线', leader: '班长' },
    left: { hung_up: '挂机', transferred: '转出', released: '离开', lost: '断线', failed: '失败', ended: '通话结束', joined: '转为接待', cancelled: '取消', declined: '拒接', rona: '未接', busy: '忙' },
    link: { previous: '接续上次', next: '后续', callback: '回拨', ticket: '工单', message: '留言' },
  },
  exporting: {
    button: '导出', calls: '每次交互一行', legs: '每个分段和参与者一行', started: '正在导出，文件随后出现在下载中', failed: '未能导出：{{why}}', range: '先选定日期范围',
  },
}
