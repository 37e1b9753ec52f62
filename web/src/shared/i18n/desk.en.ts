/** Words of the desk: tools, identification, roster, keys, notices. */
export const deskEn = {
  panel: { width: 'Width of the tools', split: 'Between the two tools', widen: 'Widen', narrow: 'Narrow', fresh: '{{count}} new' },
}
