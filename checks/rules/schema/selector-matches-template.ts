import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'selector-matches-template',
  group: 'schema',
  description: 'the selector of a workload matches the labels of its pod template',
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/apps/validation/validation.go',
  fix: 'add the labels of spec.selector to spec.template.metadata.labels',
  example: {
    broken: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] }
`,
    fails: ['Deployment/default/web spec.template.metadata.labels'],
    fixed: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template:
    metadata: { labels: { app: web, tier: front } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] }
`,
  },
  judge: (world) => schemaFindings(world, 'selector-matches-template'),
});
