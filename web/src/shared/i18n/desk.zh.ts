/** 桌面的文字：工具区、识别、名单、快捷键、通知。 */
export const deskZh = {
  panel: { width: '工具区宽度', split: '两个工具的分界', widen: '展开', narrow: '收窄', fresh: '{{count}} 项新内容' },
}
