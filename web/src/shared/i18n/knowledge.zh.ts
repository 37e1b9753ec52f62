/** 工作台上的话术与推荐。 */
export const knowledgeZh = {
  rail: { script: '话术', offer: '推荐' },
  nav: { knowledge: '知识', scripts: '话术', offers: '推荐' },
  script: {
    title: '话术', titleOf: '话术 · {{name}}', place: 'v{{version}} · {{number}}/{{total}}', version: 'v{{version}}',
    noContact: '有交互时显示合适的话术', search: '查找话术，回车取第一条', none: '没有这样的话术', best: '最合适', followed: '已用过',
    leadsTo: '→ 第 {{step}} 步', leadsOut: '→ 结束', finish: '说完了，结束话术', back: '上一步', other: '换一个', stop: '不再使用', goBack: '回到当前话术',
    why: { disposition: '上次事由', keys: '按键', class: '客户级别', match: '识别情况', queue: '本队列' },
    field: {
      customer_name: '客户姓名', customer_honorific: '称呼', customer_product: '当前套餐', customer_years: '在网年数', last_contact_subject: '上次事由', last_contact_day: '上次联系日期',
      bill_last_total: '上月账单金额', bill_last_month: '上月账单月份', bill_difference: '与前一月相差', flow_choice: '自助语音所选', queue_name: '队列', agent_number: '本人工号', agent_name: '本人姓名',
    },
  },
  offer: {
    title: '推荐', noContact: '有交互时显示可推荐的业务', settle: '来电事由已办妥', reasonOf: '原因',
    why: {
      unverified: '先不推荐：还不知道是哪位客户', late: '先不推荐：客户资料尚未返回', complaint: '先不推荐：投诉处理中，先把投诉办好', third_contact: '先不推荐：7 天内多次来电，先解决问题',
      no_consent: '不推荐：客户不接受营销', not_speaking: '接通后再推荐', unsettled: '先把来电事由办妥，再推荐', nothing_fits: '没有适合这位客户的推荐',
    },
    result: { accepted: '接受', refused: '不需要', later: '以后再说', not_offered: '没有推荐' },
    said: { accepted: '已接受', refused: '不需要', later: '以后再说', not_offered: '没有推荐' },
    reason: { no_need: '用不上', too_expensive: '嫌贵', has_one: '已有同类', competitor: '用别家的', other: '其他', in_a_hurry: '客户赶时间', upset: '客户情绪不好', not_suitable: '不合适' },
  },
  problems: {
    no_such_script: '没有这份话术', no_such_version: '没有这个版本', no_such_run: '这个交互没有使用这份话术', draft_changed: '草稿刚被别人改过，请重新打开', script_broken: '先改好草稿里的错误再发布', not_published: '这份话术没有发布',
    run_moved_on: '话术已走到另一步，现已刷新', run_over: '话术已结束', no_such_branch: '这一步没有这个选项', too_many_scripts: '话术最多 500 份，请先删除旧的',
    no_such_offer: '没有这项推荐', no_such_showing: '这个交互没有推荐过', not_the_moment: '现在不宜推荐，已刷新', unknown_places: '文字里有不能填入的占位', too_many_offers: '推荐最多 200 项，请先删除旧的',
  },
}
