import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'name-label-syntax',
  group: 'schema',
  description: 'names, labels, selectors and annotations have valid syntax',
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go',
  fix: 'use lower case letters, digits and dashes for names, and at most 63 characters for container names and label values',
  example: {
    broken: `
apiVersion: v1
kind: ConfigMap
metadata:
  name: Shop_Settings
  labels: { owner: "Team Payments", app.kubernetes.io/: shop }
`,
    fails: [
      'ConfigMap/default/Shop_Settings metadata.labels.owner',
      'ConfigMap/default/Shop_Settings metadata.labels["app.kubernetes.io/"]',
      'ConfigMap/default/Shop_Settings metadata.name',
    ],
    fixed: `
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop-settings
  labels: { owner: team-payments, app.kubernetes.io/name: shop }
`,
  },
  judge: (world) => schemaFindings(world, 'name-label-syntax'),
});
