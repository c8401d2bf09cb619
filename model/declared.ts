/** Notes where something is declared, in a field that neither a copy (`{ ...kind }`) nor a comparison takes over. */
export function declared<T extends object>(thing: T): T & { readonly at?: Error } {
  return Object.defineProperty(thing, 'at', { value: new Error('declared here'), enumerable: false });
}
