import { LABEL_PREFIX, namespacePolicy } from '../../../upstream/pod-security/admission';
import { LEVELS } from '../../../upstream/pod-security/control';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const namespace = (labels: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
`;

export default riskRule({
  id: 'namespace-level-lowered',
  class: 'privilege',
  description:
    'a namespace that enforces a weaker level of the Pod Security Standards, an older version of it, or none',
  reason: 'Pods that were refused before are admitted, whoever creates them.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  advice: 'keep the level, and move what needs more to a namespace of its own',
  example: {
    before: namespace('pod-security.kubernetes.io/enforce: restricted'),
    after: namespace('pod-security.kubernetes.io/enforce: baseline'),
    finds: ['Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce"]'],
    harmless: namespace('pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: baseline'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Namespace')) {
      const { before, after } = change;
      if (!before || !after) continue;
      const [was, is] = [before, after].map(({ labels }) => namespacePolicy(labels).enforce);
      const at = (label: string) =>
        fieldAt(change, ['metadata', 'labels', LABEL_PREFIX + label]) ?? fieldAt(change, ['metadata', 'labels']);
      const [old, now] = [was, is].map((policy) => LEVELS.indexOf(policy?.level ?? 'privileged'));
      if (now! < old!) {
        const message = is
          ? `${is.level} is enforced in place of ${was!.level}`
          : `no level is enforced any more, ${was!.level} was: what holds then is the default of the cluster, as a rule privileged`;
        yield { change, field: at('enforce'), message };
      } else if (
        was &&
        is &&
        now === old &&
        (is.version ?? Number.POSITIVE_INFINITY) < (was.version ?? Number.POSITIVE_INFINITY)
      )
        yield {
          change,
          field: at('enforce-version'),
          message: `${is.level} is enforced as of 1.${is.version}: later controls do not count`,
        };
    }
  },
});
