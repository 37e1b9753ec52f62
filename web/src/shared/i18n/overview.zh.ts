/** 360°视图的各个分区。 */
export const overviewZh = {
  view: {
    payments: '缴费', records: '已办业务', relations: '家庭与关系', consents: '联系许可', callbacks: '未结回呼', value: '价值与风险', vip: 'VIP 客户',
    noBills: '没有账单', noPayments: '没有缴费记录', noRecords: '没有办理过业务', noRelations: '没有关联客户', noConsents: '没有记录，按默认规则联系', noCallbacks: '没有未结回呼',
    trouble: { late: '业务系统未按时返回', away: '业务系统暂不可用', slow: '3 秒未返回，先看其余内容', failed: '未能取回，通话不受影响' },
    retrying: '正在重试', paid: '缴费',
    method: { direct_debit: '自动扣款', wallet: '手机钱包', card: '银行卡', cash: '营业厅现金' },
    relation: { spouse: '配偶', parent: '父母', child: '子女', family: '家人', household: '同户', employer: '雇主', employee: '员工', contact: '联系人', company: '所属单位', other: '其他' },
    consent: '{{channel}}{{purpose}}', allowed: '同意', refused: '拒绝',
    channel: { phone: '电话', sms: '短信', email: '邮件', wechat: '微信', any: '全部渠道', all: '全部渠道' },
    purpose: { marketing: '营销', survey: '回访调查', service: '服务通知', collection: '催缴', any: '联系', all: '联系' },
    years: '在网 {{count}} 年', monthly: '月均 {{amount}}', recent: '近 90 天联系 {{count}} 次', owed: '欠费 {{amount}}', nothingOwed: '无欠费',
    manager: '客户经理 {{name}} {{number}}', noManager: '未指定客户经理', noWarnings: '没有注意事项', play: '播放录音',
    verified: '身份已验证', verifiedBy: '身份已验证：{{how}}', transferred: '{{agent}} 转来', asked: '{{agent}} 咨询', handedNote: '“{{note}}”',
  },
}
