import { changedFiles } from '../programs/changed-files';
import { corefileEffects, isCorefile } from '../programs/corefile';
import { riskRule } from '../risk';

const dns = (plugins: string, more = '') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      ${plugins}
      cache 30
    }
    ${more}
`;
const KUBERNETES = 'kubernetes cluster.local in-addr.arpa ip6.arpa';

export default riskRule({
  id: 'names-unresolved',
  class: 'disruption',
  description: 'names that CoreDNS does not answer any more, or asks somebody else for',
  reason:
    'Whoever connects by such a name fails, in every namespace at once, as soon as CoreDNS reads the file again. Connections that stand go on, so it shows late.',
  source: 'https://coredns.io/manual/configuration/',
  advice: 'look in its metrics for who asks for these names, and let a name of each be resolved behind the change',
  example: {
    before: dns(
      `${KUBERNETES}\n      forward . /etc/resolv.conf`,
      'corp.example:53 {\n      forward . 10.0.0.53\n    }',
    ),
    after: dns(`${KUBERNETES}\n      forward . /etc/resolv.conf`),
    finds: ['ConfigMap/kube-system/coredns data.Corefile'],
    harmless: dns(
      `forward . /etc/resolv.conf\n      ${KUBERNETES}\n      errors`,
      'corp.example:53 {\n      forward . 10.0.0.53\n    }',
    ),
  },
  *find(diff) {
    for (const file of changedFiles(diff)) {
      if (!isCorefile(file)) continue;
      const { change, field } = file;
      for (const effect of corefileEffects(file).effects) yield { change, field, ...effect };
    }
  },
});
