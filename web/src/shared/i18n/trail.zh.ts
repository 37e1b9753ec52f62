/** 线索上由各工具记下的行。 */
export const trailToolsZh = {
  tool: {
    business_opened: '打开', business_submitted: '已提交', script_started: '话术', script_step: '话术：', script_done: '话术结束', script_doneAs: '话术 {{name}}：', offer_shown: '推荐', offer_result: '推荐 {{name}}：',
    expert_asked: '求助 {{whom}}', expert_answered: '{{whom}} 答复', message_sent: '已发送', messageTo: '已发{{channel}}', number: '单号 {{no}}',
  },
  outcome: { accepted: '接受', declined: '不需要', later: '以后再说', considered: '考虑', interested: '有意向', not_offered: '未推荐', done: '完成', aborted: '中止', left: '未走完' },
  medium: { sms: '短信', mail: '邮件', chat: '消息' },
  lines: '服务线索，上下键滚动',
}
