import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'list-map-duplicates',
  group: 'schema',
  description: 'no two entries of a list have the same key, such as the name of a port or container',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/using-api/server-side-apply/',
  fix: 'remove one of the entries, or give it a unique key',
  example: {
    broken: `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: http, port: 9090, targetPort: 9090 }
`,
    fails: ['Service/default/web spec.ports[1].name'],
    fixed: `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { name: http, port: 80, targetPort: 8080 }
    - { name: metrics, port: 9090, targetPort: 9090 }
`,
  },
  judge: (world) => schemaFindings(world, 'list-map-duplicates'),
});
