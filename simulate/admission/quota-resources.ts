const OF_PODS = new Set([
  ...['pods', 'count/pods'],
  ...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
const OF_SERVICES = new Set(['services', 'count/services', 'services.nodeports', 'services.loadbalancers']);
const OF_CLAIMS = ['persistentvolumeclaims', 'requests.storage'];
const OF_CLASS = '.storageclass.storage.k8s.io/';
/** Of the kinds that are counted by number, those that have a short name, too. */
const SHORT = new Set(['configmaps', 'secrets', 'resourcequotas', 'replicationcontrollers']);

/** Whether objects of a resource, such as `pods` or `deployments.apps`, count for what a quota names (MatchingResources of its evaluators). */
export function isCounted(resource: string, name: string): boolean {
  switch (resource) {
    case 'pods':
      return OF_PODS.has(name) || /^(requests\.)?hugepages-/.test(name) || isExtended(name);
    case 'services':
      return OF_SERVICES.has(name);
    case 'persistentvolumeclaims':
      return (
        name === 'count/persistentvolumeclaims' ||
        OF_CLAIMS.some((each) => name === each || name.endsWith(`${OF_CLASS}${each}`))
      );
    default:
      return name === `count/${resource}` || (SHORT.has(resource) && name === resource);
  }
}

/** Whether a name in a quota is that of a resource which nodes have and Kubernetes does not know: `requests.example.com/gpu`. */
function isExtended(name: string): boolean {
  return name.startsWith('requests.') && name.includes('/') && !name.includes('kubernetes.io/');
}

/** What a claim of a class also counts for. */
export function ofStorageClass(storageClass: string, name: string): string {
  return `${storageClass}${OF_CLASS}${name}`;
}
