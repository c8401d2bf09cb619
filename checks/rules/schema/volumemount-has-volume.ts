import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'volumemount-has-volume',
  group: 'schema',
  description:
    'every volumeMount of a container names a volume of its pod, or a volumeClaimTemplate of its StatefulSet',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/core/validation/validation.go',
  fix: 'add the volume to the volumes of the pod, or mount an existing one',
  example: {
    broken: `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers: [{ name: web, image: 'example.com/web:1.4.0', volumeMounts: [{ name: config, mountPath: /etc/web }] }]
  volumes: [{ name: configs, configMap: { name: web } }]
`,
    fails: ['Pod/default/web spec.containers[0].volumeMounts[0].name'],
    fixed: `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers: [{ name: web, image: 'example.com/web:1.4.0', volumeMounts: [{ name: config, mountPath: /etc/web }] }]
  volumes: [{ name: config, configMap: { name: web } }]
`,
  },
  judge: (world) => schemaFindings(world, 'volumemount-has-volume'),
});
