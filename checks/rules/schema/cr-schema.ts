import { schemaProblems } from '../../../upstream/kubernetes/custom';
import { customKind } from '../../../world/custom-kinds';
import { unknownFieldText } from '../../../world/server-problems';
import { check } from '../../check';
import { quoteFix } from '../../schema';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: buckets.storage.example.com }
spec:
  group: storage.example.com
  scope: Namespaced
  names: { kind: Bucket, plural: buckets, singular: bucket, listKind: BucketList }
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
              required: [class]
              properties:
                class: { type: string, enum: [standard, archive] }
                minSize: { type: integer, minimum: 1 }
                maxSize: { type: integer }
              x-kubernetes-validations: [{ rule: '!has(self.maxSize) || self.minSize <= self.maxSize', message: minSize must not exceed maxSize }]
---`;

export default check({
  id: 'cr-schema',
  group: 'schema',
  description: 'every custom resource is valid by its CustomResourceDefinition, CEL rules included',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/',
  fix: 'give the field a value that the CustomResourceDefinition allows; kubectl explain shows its fields',
  example: {
    broken: `${definition}
apiVersion: storage.example.com/v1
kind: Bucket
metadata: { name: photos }
spec: { class: archive, minSize: 20, maxSize: 10 }
`,
    fails: ['Bucket/default/photos spec'],
    fixed: `${definition}
apiVersion: storage.example.com/v1
kind: Bucket
metadata: { name: photos }
spec: { class: archive, minSize: 5, maxSize: 10 }
`,
  },
  *judge(world) {
    for (const resource of world.resources) {
      if (!resource.group.includes('.')) continue;
      const kind = customKind(world, resource);
      if (!kind) continue;
      for (const problem of schemaProblems(resource, kind)) {
        const { path, value, words, lasting, unknownField } = problem;
        const fix = problem.quote ? quoteFix(resource, problem) : problem.fix;
        const at = {
          resource,
          path,
          ...(value === undefined ? {} : { value }),
          ...(fix === undefined ? {} : { fix }),
          ...(problem.quote ? { repair: { do: 'quote' } as const } : {}),
        };
        if (problem.undecided)
          yield {
            ...at,
            verdict: 'unknown',
            settledBy: 'cluster',
            message: `whether ${words} of the CustomResourceDefinition holds cannot be told here: kubectl apply --dry-run=server asks the API server`,
          };
        else if (kind.certain && unknownField) yield { ...at, message: unknownFieldText(words, resource.kind) };
        else if (kind.certain || lasting)
          yield { ...at, message: `${words}: the API server rejects the ${resource.kind}` };
        else
          yield {
            ...at,
            verdict: 'unknown',
            message: `${words}, by the version of the CustomResourceDefinition that is built in: judge or --declare the one of the cluster to tell`,
          };
      }
    }
  },
});
