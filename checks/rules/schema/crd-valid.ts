import { definitionProblems } from '../../../upstream/kubernetes/crd/definition';
import { check } from '../../check';

const manifests = (ports: string) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: routers.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Router, plural: routers, singular: router, listKind: RouterList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                ports: { type: array, ${ports} }
                replicas: { type: integer, default: 1 }
              x-kubernetes-validations: [{ rule: self.replicas > 0 }]
`;

export default check({
  id: 'crd-valid',
  group: 'schema',
  description: 'every CustomResourceDefinition has a structural schema, right defaults and rules that compile',
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go',
  fix: 'change the schema as the message says; kubectl apply --dry-run=server asks the API server',
  example: {
    broken: manifests('uniqueItems: true, items: { type: integer }'),
    fails: [
      'CustomResourceDefinition/routers.example.com spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.ports.uniqueItems',
    ],
    fixed: manifests('x-kubernetes-list-type: set, items: { type: integer }'),
  },
  *judge(world) {
    for (const resource of world.of('CustomResourceDefinition')) {
      if (resource.apiVersion !== 'apiextensions.k8s.io/v1' || resource.isPrinted) continue;
      for (const { path, value, message } of definitionProblems(resource))
        yield {
          resource,
          path,
          ...(value === undefined ? {} : { value }),
          message: `${message}: the API server rejects the CustomResourceDefinition, so the kind does not exist and no object of it can be created`,
        };
    }
  },
});
