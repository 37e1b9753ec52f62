/** 业务标签、表单与草稿。 */
export const businessesZh = {
  business: {
    menu: '办理业务', menuHint: '按字母打开', none: '没有可办理的业务', add: '办理业务', more: '其余 {{count}} 个标签', unknown: '这项业务已停办，草稿仍在', choose: '请选择',
    for: '客户 {{name}}', forNobody: '未识别客户', submit: '提交', close: '关闭', undo: '撤销', closed: '{{name}} 已关闭', submitted: '{{name}} 已受理，单号 {{no}}',
    untouched: '填写后自动保存', saved: '{{time}} 已自动保存；转接、刷新、换座席都不会丢', savedBy: '{{time}} {{name}} 保存；您可接着填', savedHere: '{{time}} 已存在本机，恢复连接后自动上传',
    fix: '先改 {{count}} 处再提交', repair: '改为 {{value}}', unsent: '有未提交的草稿',
    wrong: {
      required: '请填写{{title}}', const: '须确认后才能提交', enum: '请选择一项', type: '请填写数字', minimum: '不能小于 {{value}}', maximum: '不能大于 {{value}}', decimals: '最多 {{value}} 位小数',
      format: '日期不完整', earliest: '最早 {{value}}', maxLength: '最多 {{value}} 个字', minLength: '至少 {{value}} 个字', pattern: '格式不符', other: '不符合要求',
    },
  },
  businessProblems: {
    no_such_kind: '这项业务已停办', wrong_form: '有内容不符合要求', draft_too_long: '内容过长，请缩短后再保存', too_many_drafts: '此交互的草稿已满，请先提交或关闭一些', draft_moved: '同事刚改过，已合并', draft_submitted: '已由同事提交', no_such_draft: '草稿已关闭', other_contact: '草稿属于另一个交互', no_such_record: '没有这笔业务，或不在您的权限内',
  },
}
