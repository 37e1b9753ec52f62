/** 提示音。 */
export const promptsZh = {
  prompts: {
    title: '提示音', search: '名称或内容', add: '新建提示音', detail: '提示音', empty: '还没有提示音', noneFound: '没有符合条件的提示音', count: '{{count}} 条', dropHere: '音频文件可直接拖入', comma: '、',
    column: { name: '名称', text: '内容', used: '使用位置' },
    filter: { label: '范围', all: '全部', own: '自有', shipped: '系统自带', silent: '缺少录音' },
    tongue: { zh: '中文', en: '英文' },
    own: '自有', shipped: '系统自带', none: '无', noneLong: '没有录音', wordsOnly: '仅文字', wordsOnlyLong: '没有录音；装有语音合成时按文字播报', unused: '未使用', unusedLong: '没有已发布的流程或队列使用', unusedShipped: '没有已发布的流程或队列使用；系统自身可能播报', usedIn: '用于流程', usedByQueues: '用于队列 {{codes}}', inQueue: '队列 {{code}}',
    play: '试听 {{name}}（{{language}}）', stop: '停止试听 {{name}}（{{language}}）',
    words: '文字', wordsHint: '写下这条提示音说什么', wordsFirst: '先写文字，再录音', saveWords: '保存文字', wordsKept: '文字已保存', soundKept: '录音已保存，新来电即可听到',
    upload: '上传录音', atPhone: '用话机录', speak: '按文字合成', back: '恢复自带', remove: '删除', removed: '已删除', backToShipped: '已恢复系统自带的录音',
    reallyBack: '恢复“{{name}}”系统自带的文字和录音', reallyRemove: '删除提示音“{{name}}”', removeHint: '正在播放的通话不受影响', inUse: '仍在使用：{{places}}。先换掉再删除',
    source: { text: '文字', file: '上传', microphone: '麦克风', phone: '话机', voice: '合成' },
    warning: { clipped: '录音过载，声音有破音，建议降低音量重录', quiet: '录音太轻，放大后噪声明显，建议靠近话筒重录' },
    unfit: { nothing: '录音里听不到声音', short: '录音短于 0.2 秒', long: '录音长于 5 分钟', format: '不是 WAV、MP3、Ogg、FLAC、M4A 或 WebM 文件', damaged: '文件无法读取，可能已损坏', large: '文件超过 10 MB' }, unfitBefore: '上一次录音不能用：{{reason}}',
    reallyLose: '“{{name}}”的文字改动还没有保存', lose: '放弃改动', editOn: '继续编辑',
    mic: { start: '用麦克风录', stop: '停止（{{time}}）', speakNow: '正在录音，请讲', hear: '试听', keep: '保存', again: '重录', microphoneDenied: '麦克风未授权：在地址栏允许后再录', microphoneMissing: '未找到麦克风：接好后再录' },
    take: { ringing: '话机正在振铃，请接听', recording: '听到提示音后请讲，按 # 结束', kept: '录音已保存，新来电即可听到', unfit: '这段录音不能用，请重录', unanswered: '话机未接听', ended: '没有保存录音' },
    fresh: { title: '新建提示音', submit: '保存', language: '语言', nameHint: '小写字母、数字、下划线，字母开头', nameWrong: '用小写字母、数字和下划线，字母开头', replaces: '已有这个名称：保存后来电听到新的内容', wordsMissing: '请写下这条提示音说什么', wordsHint: '没有录音时按文字合成播报', sound: '录音', soundHint: 'WAV、MP3、Ogg、FLAC、M4A，10 MB、5 分钟以内', choose: '选择文件', tooLarge: '文件超过 10 MB' },
  },
  action: { prompt_changed: '更改提示音', prompt_removed: '删除提示音' },
  objectKind: { prompt: '提示音' },
  problem: { prompt_reserved: '这个名称是系统的音效或语音片段，请换一个', prompt_in_use: '仍有流程或队列使用，不能删除', too_many_prompts: '提示音数量已到上限，请先删除旧的', text_missing: '请先写文字', sound_unfit: '这个文件不能作提示音', no_such_prompt: '没有这条提示音', no_sound: '没有录音', no_voice: '未安装语音合成，请上传或录制', voice_away: '语音合成暂时没有回应，请稍后再试', no_seat: '您的话机没有注册，请改用麦克风录', seat_busy: '您正在通话或已在录音，结束后再录', no_such_take: '录音已结束', file_too_large: '文件超过 10 MB', no_room: '磁盘空间不足，没有保存', studio_busy: '正在处理的录音太多，请稍后再试', bad_upload: '上传没有完成，请重试', audio_unreadable: '浏览器无法播放这段录音' },
}
