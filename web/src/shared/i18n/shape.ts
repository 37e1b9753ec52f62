/** The same keys, other words. */
export type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> }
