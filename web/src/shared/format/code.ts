/** The key of what is wrong with a code of ours (role, queue, site, …), if anything is. */
export const codeWrong = (code: string): string | undefined => (/^[a-z0-9][a-z0-9_-]{0,49}$/.test(code.trim()) ? undefined : 'admin.common.codeWrong')
