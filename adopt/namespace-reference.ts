/** Fields that hold the name of a namespace, whatever objects they are of. */
const FIELD = /namespaces?$/i;

/** Whether a field holds the name of a namespace: others may have the same text by chance. */
export function isNamespaceField(kind: string, path: readonly string[]): boolean {
  const [last = '', parent = ''] = [path.at(-1), path.at(-2)];
  if (FIELD.test(last) || last === 'kubernetes.io/metadata.name') return true;
  if (kind === 'Namespace' && path.join('.') === 'metadata.name') return true;
  // An item of a list, and a variable of a container, which is called so itself.
  return (/^\d+$/.test(last) && FIELD.test(parent)) || (last === 'value' && /namespace|(^|_)ns$/i.test(parent));
}

/** Whether a word of a text names a namespace by what stands around it: an address in the cluster, an option, an account. */
export function isNamespaceWord(before: string, after: string, path: readonly string[]): boolean {
  // `web.shop.svc`, `http://web.shop`, `web.shop:80`
  if (/[a-z0-9]\.$/.test(before)) {
    if (/^\.svc(\.|[^\w.-]|$)/.test(after) || /^:\d/.test(after)) return true;
    return /(:\/\/|@)[^/\s]*$/.test(before) && /^([/\s"',]|$)/.test(after);
  }
  if (/(^|[^A-Za-z])(namespaces?|ns)("|')?\s*[=:/]\s*["']?$/i.test(before)) return true;
  if (/(^|\s)(-n|--namespace)[\s=]$/.test(before) || /system:serviceaccounts?:$/.test(before)) return true;
  // `shop/certificate`, as annotations and gateways name objects of other namespaces.
  const isName = before === '' && /^\/[a-z0-9.-]+$/.test(after);
  return isName && (path.includes('annotations') || path.at(-2) === 'gateways');
}
